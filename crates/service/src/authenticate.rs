//! Who is behind an access key or a token. Everything is read anew each time, so that a revocation, a suspension or
//! the loss of a grant counts at once (rules 22 and 28).

use access::authority::Caller;
use store::{Holder, TokenFacts, TokenHash};

use crate::secret::is_access_key_id;
use crate::{Context, Credential, Error, Service};

impl Service {
    /// The secret of an access key, to verify a signature with, and the caller it makes. `None`: unknown, expired or
    /// revoked, or its owner may do nothing any more. Once the signature is proved: [`Service::used_access_key`].
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
        let Some(facts) = self.working(&TokenHash::of(token)).await? else { return Ok(None) };
        self.noted().token(facts.id, self.clock().now());
        Ok(Some(caller(&facts)))
    }

    /// Whether the caller stands as they did when the request came in. For doors, between reading and answering: what
    /// they read is of a later moment than the caller's standing, and a key that was revoked in between must not be
    /// served what came after (rule 22). A change looks by itself, inside its transaction.
    pub async fn stands(&self, cx: &Context) -> Result<bool, Error> {
        let now = match &cx.credential {
            Some(Credential::Key(id)) => self.authenticate_key(id).await?.map(|(_, caller)| caller),
            Some(Credential::Token(hash)) => self.working(hash).await?.as_ref().map(caller),
            None => return Ok(true),
        };
        Ok(now.as_ref() == Some(&cx.caller))
    }

    async fn working(&self, hash: &TokenHash) -> Result<Option<TokenFacts>, Error> {
        let now = self.clock().now();
        Ok(self.store().token(hash).await?.filter(|facts| facts.works(now)))
    }
}

fn caller(facts: &TokenFacts) -> Caller {
    match &facts.holder {
        Holder::Application { id, .. } => Caller::Application(*id),
        Holder::Administrator { grant, .. } => Caller::Administrator { user: grant.user, grants: vec![*grant] },
    }
}
