//! Who is behind an access key or a token. Everything is read anew each time, so that a revocation, a suspension or
//! the loss of a grant counts at once (rules 22 and 28).

use access::authority::Caller;
use store::{Holder, TokenHash};

use crate::secret::is_access_key_id;
use crate::{Error, Service};

impl Service {
    /// The secret of an access key, to verify a signature with, and the caller it makes. `None`: unknown, expired or
    /// revoked, or its owner may do nothing any more.
    pub async fn authenticate_key(&self, id: &str) -> Result<Option<(String, Caller)>, Error> {
        if !is_access_key_id(id) {
            return Ok(None);
        }
        let key = self.store().access_key(id).await?.filter(|key| key.works(self.clock().now()));
        Ok(key.map(|key| {
            let caller = Caller::Administrator { user: key.grant.user, grants: vec![key.grant] };
            (key.secret, caller)
        }))
    }

    /// The caller a bearer token makes. `None` as for [`Service::authenticate_key`].
    pub async fn authenticate_token(&self, token: &str) -> Result<Option<Caller>, Error> {
        let facts = self.store().token(&TokenHash::of(token)).await?;
        let works = facts.filter(|facts| facts.works(self.clock().now()));
        Ok(works.map(|facts| match facts.holder {
            Holder::Application { id, .. } => Caller::Application(id),
            Holder::Administrator { grant, .. } => Caller::Administrator { user: grant.user, grants: vec![grant] },
        }))
    }
}
