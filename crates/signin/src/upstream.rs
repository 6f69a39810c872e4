//! *Login with ...*: OpenID providers that people sign in with, the deployment's or those of an account for its verified
//! domains (rule 81).
//!
//! Whom a provider names is believed as far as the provider may speak: an account's about addresses on the domains that
//! the account has verified and sent to it, the deployment's about addresses that no account manages. Somebody who exists
//! is never found by an address alone where that could be somebody else's word: they prove it is them first.

mod connect;
mod wire;

use access::authority::Caller;
use access::{Email, Refusal, User, UserId};
use futures::FutureExt;
use oidc::Params;
use service::{Context, Outcome, Stage, single};
use store::{Provider, Scope, TokenHash, UpstreamLink, Write};
use uuid::Uuid;

use crate::attempt::{Attempt, By, Proved, Step, VERB, Wanted, Went, first_proved};
use crate::links::{self, NewLink};
use crate::sessions::Browser;
use crate::{Error, SignIn};
use wire::{Expected, Named, address, exchanged};

/// Another browser, too late, or an answer that nobody asked for.
const NOT_ASKED: &str = "the provider's answer belongs to no sign-in of this browser; begin again";
const DECLINED: &str = "the provider did not sign you in; try again, or sign in another way";
const NOT_BELIEVED: &str = "the provider's answer could not be verified; try again, and tell whoever runs this server";
const NO_ADDRESS: &str =
    "the provider does not vouch for your e-mail address; confirm your address there, and sign in again";
const OTHER_DOMAIN: &str = "the provider named an address that it may not speak for; sign in with the address of your \
                            organisation";
const MANAGED: &str = "an organisation manages this address, so this provider cannot let you in with it; sign in with \
                       your address, or register it by mail first";
const REGISTER_FIRST: &str = "you administer things here, or belong to another organisation, and have no password yet; \
                              register by mail first, and then sign in with the provider again";

/// A sign-in at a provider, of which the answer came.
#[derive(Clone)]
struct Answered {
    provider: Provider,
    named: Named,
    wanted: Wanted,
    /// Who connects the provider to themselves.
    connects: Option<UserId>,
}

impl SignIn {
    /// The deployment's providers, which everybody may sign in with.
    pub async fn offered_providers(&self) -> Result<Vec<Provider>, Error> {
        Ok(self.service.store().read(Scope::Public).providers(None).await?)
    }

    /// Sends a browser to a provider: the address to go to, and the value of the attempt's cookie.
    pub async fn to_provider(
        &self,
        cx: &Context,
        id: Uuid,
        wanted: Wanted,
        hint: Option<&Email>,
    ) -> Result<(String, String), Error> {
        self.sent(cx, id, (wanted, None), hint).await
    }

    async fn sent(
        &self,
        cx: &Context,
        id: Uuid,
        (wanted, connects): (Wanted, Option<UserId>),
        hint: Option<&Email>,
    ) -> Result<(String, String), Error> {
        let Some(provider) = self.service.store().read(Scope::Public).provider(id).await? else {
            return Err(Refusal::UnknownProvider(id.to_string()).into());
        };
        let (_, client) = self.known_at(&provider).await?;
        let random = self.service.random();
        let (state, nonce, verifier) =
            (service::fresh::token(random), service::fresh::token(random), service::fresh::token(random));
        let to = address(&client, (&state, &nonce, &verifier), hint);
        let attempt = Attempt { wanted, step: Step::Upstream { provider: id, state, nonce, verifier, connects } };
        Ok((to, self.begun(cx, attempt).await?))
    }

    /// The provider's answer, as it came in the query, signs its person in. It is good for the browser that was sent there,
    /// for this provider and once.
    pub async fn from_provider(
        &self,
        cx: &Context,
        cookie: &str,
        id: Uuid,
        query: &[u8],
        browser: Browser,
    ) -> Result<Went, Error> {
        let answered = self.answered(cx, VERB, (cookie, id), query).await?;
        if answered.connects.is_some() {
            return self.service.refuse(cx, VERB, Refusal::ProviderRefused(NOT_ASKED)).await;
        }
        self.named(cx, answered, browser).await
    }

    /// Whom the provider names in its answer, for whatever they were sent there.
    async fn answered(
        &self,
        cx: &Context,
        verb: &'static str,
        (cookie, id): (&str, Uuid),
        query: &[u8],
    ) -> Result<Answered, Error> {
        let refuse = |why| self.service.refuse(cx, verb, Refusal::ProviderRefused(why));
        let Ok(params) = Params::parse(query) else { return refuse(NOT_ASKED).await };
        let Some((wanted, connects, expected)) = self.taken(cx, cookie, id, params.get("state")).await? else {
            return refuse(NOT_ASKED).await;
        };
        let Some(provider) = self.service.store().read(Scope::Public).provider(id).await? else {
            return refuse(NOT_ASKED).await;
        };
        let (further, client) = self.known_at(&provider).await?;
        // RFC 9207: an answer of another provider is not taken to this one (mix-up).
        let itself = match params.get("iss") {
            Some(issuer) => issuer == provider.issuer,
            None => !further.authorization_response_iss_parameter_supported,
        };
        if !itself {
            return refuse(NOT_BELIEVED).await;
        }
        let Some(code) = params.get("code") else { return refuse(DECLINED).await };
        let named = match exchanged(self.fetch(), client, code.to_owned(), expected).boxed().await {
            Ok(named) => named,
            Err(why) => {
                // The provider's words may hold anything; the sort of error helps whoever set it up.
                tracing::warn!(provider = %provider.id, %why, "a provider's answer was not believed");
                return refuse(NOT_BELIEVED).await;
            }
        };
        Ok(Answered { provider, named, wanted, connects })
    }

    /// Takes the sign-in that was sent to this provider with this state: it is over, whatever comes of it.
    async fn taken(
        &self,
        cx: &Context,
        cookie: &str,
        id: Uuid,
        sent: Option<&str>,
    ) -> Result<Option<(Wanted, Option<UserId>, Expected)>, Error> {
        let (cookie, sent) = (TokenHash::of(cookie), sent.map(str::to_owned));
        let taken = self.service.run(cx, VERB, move |w, stage| {
            let sent = sent.clone();
            async move {
                let open = w.sign_in(&cookie, stage.cx.at).await?.and_then(Attempt::open);
                let taken = match open {
                    Some(Attempt { wanted, step: Step::Upstream { provider, state, nonce, verifier, connects } })
                        if provider == id && sent.as_ref() == Some(&state) =>
                    {
                        w.delete_sign_in(&cookie).await?;
                        Some((wanted, connects, nonce, verifier))
                    }
                    _ => None,
                };
                Ok(vec![Outcome { result: Ok(taken), audit: vec![], notices: vec![] }])
            }
            .boxed()
        });
        let taken = single(taken.await)?;
        Ok(taken.map(|(wanted, connects, nonce, verifier)| (wanted, connects, Expected { nonce, verifier })))
    }

    /// Somebody whom a provider named: known by the subject, found by the address, or new. A subject by which it knows
    /// somebody for whom it does not speak any more is as good as unknown.
    async fn named(&self, cx: &Context, answered: Answered, browser: Browser) -> Result<Went, Error> {
        let hash = UpstreamLink::hash(answered.provider.id, &answered.named.subject);
        let read = self.service.store().read(Scope::Public);
        if let Some(link) = read.upstream_link(&hash).await?
            && let Some(user) = read.user(link.user).await?
            && let Some(went) = self.known(cx, &user, (&answered, &browser), None).await?
        {
            return Ok(went);
        }
        let refuse = |why| self.service.refuse(cx, VERB, Refusal::ProviderRefused(why));
        let address = match self.vouched(&answered).await? {
            Ok(address) => address,
            Err(why) => return refuse(why).await,
        };
        let (provider, name) = (answered.provider.id, answered.provider.name.clone());
        let link = NewLink { provider, name, hash: hash.0, confirmed: false };
        match read.user_by_address(address.key()).await? {
            Some(user) if user.registered.is_some() => {
                let sure = answered.provider.account.is_some() && user.primary == address;
                if sure && let Some(went) = self.known(cx, &user, (&answered, &browser), Some(&link)).await? {
                    return Ok(went);
                }
                self.confirm(cx, user, answered.wanted, NewLink { confirmed: true, ..link }).await
            }
            found => {
                if let Some(user) = &found {
                    let elsewhere = user.membership.is_some_and(|of| Some(of.account) != answered.provider.account);
                    let elsewhere = elsewhere && answered.provider.account.is_some();
                    if elsewhere || self.service.store().read(Scope::Oneself(user.id)).administers().await? {
                        return refuse(REGISTER_FIRST).await;
                    }
                }
                self.newcomer(cx, (address, found), (answered, browser), link).await
            }
        }
    }

    /// The address that a provider names somebody by, if it vouches for it and may speak for its domain; else why not.
    async fn vouched(&self, answered: &Answered) -> Result<Result<Email, &'static str>, Error> {
        let Some(address) = answered.named.address.clone() else { return Ok(Err(NO_ADDRESS)) };
        let domain = address.domain();
        let owner = self.service.store().read(Scope::Public).domain_owner(&domain).await?;
        let why = if answered.provider.account.is_some() { OTHER_DOMAIN } else { MANAGED };
        Ok(if links::speaks_on(&answered.provider, &domain, owner) { Ok(address) } else { Err(why) })
    }

    /// Somebody who exists, and whom the provider named by its subject or, with a new link, by their address. `None` when
    /// its word is not enough to sign them in.
    async fn known(
        &self,
        cx: &Context,
        user: &User,
        (answered, browser): (&Answered, &Browser),
        link: Option<&NewLink>,
    ) -> Result<Option<Went>, Error> {
        let cx = Context { caller: Caller::Oneself(user.id), ..cx.clone() };
        let subject = UpstreamLink::hash(answered.provider.id, &answered.named.subject);
        let (methods, by) = (answered.named.methods.clone(), By::Provider(subject.0));
        let proved = Proved { user: user.id, epoch: user.epoch, methods, by, link: link.cloned() };
        let (user, wanted, browser) = (user.clone(), answered.wanted.clone(), browser.clone());
        let went = self.service.run(&cx, VERB, move |w, stage| {
            let (user, proved, wanted, browser) = (user.clone(), proved.clone(), wanted.clone(), browser.clone());
            async move {
                // Asked before anybody is locked, for who is sent another way then, and once more when they are.
                if !links::is_enough(w, &subject, proved.link.as_ref(), &user).await? {
                    return Ok(vec![Outcome { result: Ok(None), audit: vec![], notices: vec![] }]);
                }
                let Outcome { result, audit, notices } =
                    first_proved(w, stage, &user, proved, (&wanted, &browser)).await?;
                Ok(vec![Outcome { result: result.map(Some), audit, notices }])
            }
            .boxed()
        });
        single(went.await)
    }

    /// Somebody who exists proves first that it is them.
    async fn confirm(&self, cx: &Context, user: User, wanted: Wanted, link: NewLink) -> Result<Went, Error> {
        let step = Step::Confirm { user: user.id, link, challenge: None };
        Ok(Went::On(self.begun(cx, Attempt { wanted, step }).await?))
    }

    /// Somebody new registers by the provider's word, as by a mailed link (rule 15).
    async fn newcomer(
        &self,
        cx: &Context,
        (address, found): (Email, Option<User>),
        (answered, browser): (Answered, Browser),
        link: NewLink,
    ) -> Result<Went, Error> {
        let id = found.map_or_else(|| access::UserId(service::fresh::id(self.service.random(), cx.at)), |user| user.id);
        let cx = Context { caller: Caller::Oneself(id), ..cx.clone() };
        let went = self.service.run(&cx, VERB, move |w, stage| {
            let (address, answered, browser, link) = (address.clone(), answered.clone(), browser.clone(), link.clone());
            async move { register(w, stage, (id, address), (answered, browser), link).await }.boxed()
        });
        single(went.await)
    }
}

async fn register(
    w: &mut Write,
    stage: &Stage,
    (id, address): (access::UserId, Email),
    (answered, browser): (Answered, Browser),
    link: NewLink,
) -> Result<Vec<Outcome<Went>>, Error> {
    let Answered { named, wanted, .. } = answered;
    let registered = service::register_vouched(w, stage, (id, address), named.name.as_deref()).await?;
    let user = match registered.result {
        Ok(user) => user,
        Err(refusal) => {
            let Outcome { audit, notices, .. } = registered;
            return Ok(vec![Outcome { result: Err(refusal), audit, notices }]);
        }
    };
    let by = By::Provider(link.hash);
    let proved = Proved { user: user.id, epoch: user.epoch, methods: named.methods, by, link: Some(link) };
    let outcome = first_proved(w, stage, &user, proved, (&wanted, &browser)).await?;
    let audit = registered.audit.into_iter().chain(outcome.audit).collect();
    let notices = registered.notices.into_iter().chain(outcome.notices).collect();
    Ok(vec![Outcome { result: outcome.result, audit, notices }])
}
