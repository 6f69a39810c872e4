//! Who is behind an access key, a token or a browser's session. Everything is read anew each time, so that a revocation, a suspension or
//! the loss of a grant counts at once (rules 22 and 28).

use access::authority::Caller;
use store::{Holder, Scope, TokenFacts, TokenHash};

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

    /// The caller that a browser's session makes: an administrator with all the grants the person holds, perhaps none.
    /// `None` when the session holds no more.
    pub async fn authenticate_session(&self, cookie: &str) -> Result<Option<Caller>, Error> {
        self.signed_in(&TokenHash::of(cookie)).await
    }

    /// Whether the caller stands as they did when the request came in. For doors, between reading and answering: what
    /// they read is of a later moment than the caller's standing, and a key that was revoked in between must not be
    /// served what came after (rule 22). A change looks by itself, inside its transaction.
    pub async fn stands(&self, cx: &Context) -> Result<bool, Error> {
        let now = match &cx.credential {
            Some(Credential::Key(id)) => self.authenticate_key(id).await?.map(|(_, caller)| caller),
            Some(Credential::Token(hash)) => self.working(hash).await?.as_ref().map(caller),
            Some(Credential::Session(cookie)) => self.signed_in(cookie).await?,
            None => return Ok(true),
        };
        Ok(now.as_ref() == Some(&cx.caller))
    }

    /// Grants are read after the session: one that holds still when the answer is looked at again held in between.
    async fn signed_in(&self, cookie: &TokenHash) -> Result<Option<Caller>, Error> {
        let now = self.clock().now();
        let Some(session) = self.store().session(cookie, None).await?.filter(|session| session.holds(now)) else {
            return Ok(None);
        };
        self.used_session(session.id, now);
        let user = session.person.asked.facts.user;
        let grants = self.store().read(Scope::Oneself(user)).own_grants().await?;
        Ok(Some(Caller::Administrator { user, grants }))
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
