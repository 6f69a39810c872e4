//! Who is signed in connects a provider to themselves, which then signs them in (rule 90).
//!
//! It is theirs by two proofs: of here, a sign-in of the last minutes, and of there, the provider's answer. The answer is
//! taken in the browser and of the person that asked for it only, so nobody is connected to somebody else's subject.

use access::{Refusal, User};
use futures::FutureExt;
use service::{Context, Outcome};
use store::{Provider, Scope, TokenHash, UpstreamLink, Write};
use uuid::Uuid;

use super::NOT_ASKED;
use crate::attempt::{Attempt, Step, Wanted};
use crate::links::{self, LINK, NewLink};
use crate::security::ProviderView;
use crate::{Error, SignIn};

const SOMEBODY_ELSES: &str = "whom the provider named is somebody else here; sign out there, and in again as yourself";
const NOT_FOR_THEM: &str =
    "this provider does not sign you in as long as your address is what it is; choose another one";

impl SignIn {
    /// The providers that may get to know a person and do not know them yet, by id and name.
    pub(crate) async fn connectable(&self, user: &User, known: &[ProviderView]) -> Result<Vec<(Uuid, String)>, Error> {
        let read = self.service.store().read(Scope::Public);
        let owner = read.domain_owner(&user.primary.domain()).await?;
        let mut all = read.providers(None).await?;
        if let Some(account) = user.membership.map(|membership| membership.account).or(owner) {
            all.extend(read.providers(Some(account)).await?);
        }
        all.retain(|one| links::speaks(one, user, owner) && known.iter().all(|known| known.id != one.id));
        Ok(all.into_iter().map(|provider| (provider.id, provider.name)).collect())
    }

    /// Sends the browser of who is signed in to a provider that is to know them: the address to go to, and the value of the
    /// attempt's cookie.
    ///
    /// [`Refusal::SignInAgain`] when they signed in too long ago; [`Refusal::UnknownProvider`];
    /// [`Refusal::ProviderRefused`] when it does not speak for them.
    pub async fn connect_provider(&self, cx: &Context, session: &str, id: Uuid) -> Result<(String, String), Error> {
        let asked = self.as_oneself(cx, LINK, session, move |w, _, oneself| {
            async move {
                may_connect(w, id, &oneself.user).await?;
                Ok(Outcome { result: Ok(oneself.user), audit: vec![], notices: vec![] })
            }
            .boxed()
        });
        let user = asked.await?;
        self.sent(cx, id, (Wanted::default(), Some(user.id)), Some(&user.primary)).await
    }

    /// Whether the sign-in under way behind a cookie is that of who connects a provider to themselves.
    pub async fn connects(&self, cx: &Context, cookie: &str) -> Result<bool, Error> {
        let state = self.service.store().read(Scope::Public).sign_in(&TokenHash::of(cookie), cx.at).await?;
        let step = state.and_then(Attempt::open).map(|attempt| attempt.step);
        Ok(matches!(step, Some(Step::Upstream { connects: Some(_), .. })))
    }

    /// The provider's answer, as it came in the query: from now on it knows who this session is of. It is good for the
    /// browser and the person that were sent there, and once.
    ///
    /// [`Refusal::ProviderRefused`] says why not; [`Refusal::SignInAgain`] when the session holds no more.
    pub async fn connected(
        &self,
        cx: &Context,
        session: &str,
        (cookie, id): (&str, Uuid),
        query: &[u8],
    ) -> Result<(), Error> {
        let answered = self.answered(cx, LINK, (cookie, id), query).await?;
        let refuse = |why| self.service.refuse(cx, LINK, Refusal::ProviderRefused(why));
        let Some(whom) = answered.connects else { return refuse(NOT_ASKED).await };
        let address = match self.vouched(&answered).await? {
            Ok(address) => address,
            Err(why) => return refuse(why).await,
        };
        let Provider { id, name, .. } = answered.provider;
        let hash = UpstreamLink::hash(id, &answered.named.subject);
        let link = NewLink { provider: id, name, hash: hash.0, confirmed: true };
        self.as_oneself(cx, LINK, session, move |w, stage, oneself| {
            let (link, key) = (link.clone(), address.key().to_owned());
            async move {
                let user = &oneself.user;
                if user.id != whom {
                    return Err(Refusal::ProviderRefused(NOT_ASKED).into());
                }
                let by_address = w.address_owners(&[key]).await?.into_values().next();
                let by_subject = w.upstream_link(&hash).await?.map(|link| link.user);
                if by_address.into_iter().chain(by_subject).any(|known| known != user.id) {
                    return Err(Refusal::ProviderRefused(SOMEBODY_ELSES).into());
                }
                may_connect(w, id, user).await?;
                let (audit, notices) = links::know(w, stage, user, &link).await?;
                Ok(Outcome { result: Ok(()), audit, notices })
            }
            .boxed()
        })
        .await
    }
}

/// Refused unless the provider is there and speaks for the person as they are now.
async fn may_connect(w: &mut Write, id: Uuid, user: &User) -> Result<(), Error> {
    let provider = w.provider(id).await?.ok_or_else(|| Refusal::UnknownProvider(id.to_string()))?;
    match links::speaks_for(w, &provider, user).await? {
        true => Ok(()),
        false => Err(Refusal::ProviderRefused(NOT_FOR_THEM).into()),
    }
}
