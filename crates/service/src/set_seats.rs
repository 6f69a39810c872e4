//! Set seats: how many members may hold a license (rule 12).

use access::account::Seat;
use access::authority::Action;
use access::{AccountId, BaseLicense, Refusal, Seats};
use futures::FutureExt;
use store::{Lock, Write};

use crate::effects::promote;
use crate::facts::Facts;
use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Service};

const VERB: Verb = Verb { name: "account.set-seats", action: Action::UpdateAccount };

impl Service {
    /// Limits a license, or with `None` lifts its limit. Lowering it takes from nobody; who waits gets what came free.
    ///
    /// **Permission**: `UpdateAccount` over the account.
    pub async fn set_seats(
        &self,
        cx: &Context,
        account: AccountId,
        license: BaseLicense,
        limit: Option<u32>,
    ) -> Result<Seats, Error> {
        let outcomes = self.in_account(cx, VERB, account, Lock::Exclusive, move |w, scene| {
            async move { Ok(vec![apply(w, scene, license, limit).await?]) }.boxed()
        });
        single(outcomes.await)
    }
}

pub(crate) async fn apply(
    w: &mut Write,
    scene: &mut Scene,
    license: BaseLicense,
    limit: Option<u32>,
) -> Result<Outcome<Seats>, Error> {
    if scene.account()?.deleted.is_some() {
        return Err(Refusal::AccountDeleted.into());
    }
    let before = scene.seats()?;
    let mut after = before;
    let used = match (limit, before.get(license)) {
        (None, _) => None,
        (Some(_), Some(seat)) => Some(seat.used),
        // Uncounted until now.
        (Some(_), None) => Some(number(w.count_licenses(scene.id).await?[license as usize])?),
    };
    after.set(license, limit.zip(used).map(|(limit, used)| Seat { limit, used }));
    scene.accounts.set_seats(scene.id, after);
    scene.accounts.save_seats(w).await?;
    let facts = (Facts::of_seats(&before), Facts::of_seats(&after));
    let mut audit = vec![scene.stage.changed(VERB.name, Some(scene.id), scene.id.0, &facts.0, &facts.1)];
    audit.extend(promote(w, &scene.stage, &mut scene.accounts, [(scene.id, license)].into()).await?);
    Ok(Outcome { result: Ok(scene.seats()?), audit, notices: vec![] })
}

fn number(counted: u64) -> Result<u32, Error> {
    u32::try_from(counted).map_err(|_| Error::Internal("more members than seats can be counted".to_owned()))
}
