//! A fault that breaks rule 23, to see that the tests of the promise find it: see the one in `store`.

use store::{Authorization, Fault, Write, fault};

use crate::Error;

/// What is minted carries the person's epoch of the moment.
pub(crate) async fn without_epoch(w: &mut Write, authorization: Authorization) -> Result<Authorization, Error> {
    if fault() != Some(Fault::Epoch) {
        return Ok(authorization);
    }
    let epoch = w.standing(authorization.user).await?.map_or(authorization.epoch, |(_, facts)| facts.epoch);
    Ok(Authorization { epoch, ..authorization })
}
