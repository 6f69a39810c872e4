//! A request of the admin API as its handler gets it: everything that can be wrong with its form is found out before.

use std::any::TypeId;

use access::authority::{Caller, Over};
use access::{AccountId, Refusal};
use axum::extract::{FromRequest, FromRequestParts, Query as Read, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use chime::paging;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use service::{Context, Counted, Credential, Door, Once, OnlyIf, Page, PageRequest, Service};
use url::form_urlencoded;
use utoipa::IntoParams;

use super::answer::{Answer, List, json, ok, written};
use super::error::Problem;
use super::preview::PREVIEW;
use super::standing::Asker;
use crate::cookies::Cookie;
use crate::dialect::Trouble;
use crate::frame::{Origin, Whole, bearer};
use crate::object::Object;
use crate::own_site::from_own_site;

/// A request of an administrator, with its query `Q` and its body `B`.
pub(super) struct Call<Q = Nothing, B = Nothing> {
    /// The verbs.
    pub service: Service,
    /// Who asks.
    pub cx: Context,
    /// The members of the query.
    pub query: Q,
    /// The body.
    pub body: B,
    /// Which page of a list.
    pub page: PageRequest,
    /// Which list of whom: a page's token leads nowhere else.
    binding: String,
    /// What names this request, so that repeating it makes nothing twice.
    named: Option<Named>,
    path: Vec<(String, String)>,
}

/// The query of a route. Members must be denied unless named: `#[serde(deny_unknown_fields)]`.
pub(super) trait Query: DeserializeOwned {
    /// Whether the route is a list and takes `limit` and `after` as well ([`Paging`]).
    const PAGED: bool = false;
}

/// No query, or no body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

impl Query for Nothing {}

/// What every list takes.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it stands in the document; the frame reads it")]
pub(super) struct Paging {
    /// The most items of a page.
    #[param(minimum = 1, maximum = 200, default = 100)]
    limit: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
}

/// How many items a page has, unless the caller wants fewer or more.
const USUAL: u64 = 100;
/// The most a caller gets.
const MOST: u64 = 200;

impl<Q: Query, B: DeserializeOwned + 'static> FromRequest<Service> for Call<Q, B> {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Problem> {
        let Ok(Whole { mut parts, body }) = Whole::from_request(request, service).await;
        // First of all: strangers learn nothing of what is wrong with their words.
        let mut cx = authenticate(service, &parts).await?;
        if let Some(asker) = parts.extensions.get::<Asker>() {
            asker.set(&cx);
        }
        let path = RawPathParams::from_request_parts(&mut parts, service).await.map_err(|_| Trouble::NotFound)?;
        let path: Vec<(String, String)> = path.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let mut asked = Asked::of(&parts.uri);
        if let Some(counted) = parts.extensions.remove::<Counted>() {
            asked.take(PREVIEW)?;
            cx = cx.previewing();
            cx.terms.effects = Some(counted);
        }
        cx.terms.only_if = if parts.method.is_safe() { None } else { only_if(&parts.headers)? };
        let named = Named::of(service, &parts, &body, &asked)?;
        let binding = format!("{} {} {:?} {:?}", parts.method, parts.uri.path(), cx.caller, asked.unpaged());
        let page = if Q::PAGED { asked.page(&binding, service)? } else { PageRequest { after: None, limit: USUAL } };
        let query = asked.read()?;
        let body = read_body(&parts.headers, &body)?;
        Ok(Self { service: service.clone(), cx, query, body, page, binding, named, path })
    }
}

impl<Q, B> Call<Q, B> {
    /// A parameter of the path.
    pub fn param(&self, name: &str) -> &str {
        self.path.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The account of the path. An id that cannot be read is as unknown as any other (rule 28).
    pub fn account(&self) -> Result<AccountId, Problem> {
        let text = self.param("account");
        text.parse().map_err(|_| Refusal::UnknownAccount(text.to_owned()).into())
    }

    /// 200 with a page of a list.
    pub fn list<T, S: Serialize>(&self, page: Page<T>, shape: impl Fn(T) -> S) -> Answer {
        let next = page.next.map(|position| paging::seal(&position, &self.binding, &self.service.door_key()));
        ok(&List { items: page.items.into_iter().map(shape).collect(), next })
    }

    /// The part of a whole list that was asked for; `id` grows along it.
    pub fn part<T>(&self, mut all: Vec<T>, id: impl Fn(&T) -> String) -> Page<T> {
        if let Some(after) = &self.page.after {
            all.retain(|one| id(one) > *after);
        }
        let limit = usize::try_from(self.page.limit).unwrap_or(usize::MAX);
        let more = all.len() > limit;
        all.truncate(limit);
        let next = all.last().filter(|_| more).map(id);
        Page { items: all, next }
    }

    /// 201 with what a verb made; once, if the request has an idempotency key.
    pub async fn create<T, S, F>(&self, verb: impl FnOnce(Service, Context) -> F, shape: fn(T) -> S) -> Answer
    where
        T: Clone + 'static,
        S: Serialize + 'static,
        F: Future<Output = Result<T, service::Error>>,
    {
        let made = move |answers: &[Result<T, Refusal>]| Some(shape(answers.first()?.as_ref().ok()?.clone()));
        self.create_from(verb, shape, made).await
    }

    /// The same, where the door is answered more than the verb's answers: `made` shapes those.
    pub async fn create_from<T, R: 'static, S, F>(
        &self,
        verb: impl FnOnce(Service, Context) -> F,
        shape: fn(T) -> S,
        made: impl Fn(&[Result<R, Refusal>]) -> Option<S> + Send + Sync + 'static,
    ) -> Answer
    where
        S: Serialize,
        F: Future<Output = Result<T, service::Error>>,
    {
        let mut cx = self.cx.clone();
        if let Some(Named { caller, key, request }) = &self.named {
            let written = move |answers: &[Result<R, Refusal>]| serde_json::to_vec(&made(answers)?).ok();
            cx.terms.once = Some(Once::new(caller, key, request, written));
        }
        match verb(self.service.clone(), cx).await {
            Ok(made) => json(StatusCode::CREATED, &shape(made)),
            Err(service::Error::Repeated(answer)) => Ok(written(StatusCode::CREATED, answer)),
            Err(error) => Err(error.into()),
        }
    }
}

/// A request that names itself by a key.
struct Named {
    caller: String,
    key: String,
    request: String,
}

impl Named {
    /// By the header `Idempotency-Key`. A key is its token's own: what one token was answered is not for another.
    fn of(service: &Service, parts: &Parts, body: &[u8], asked: &Asked) -> Result<Option<Self>, Problem> {
        let Some(value) = single(&parts.headers, "idempotency-key")? else { return Ok(None) };
        if !(1..=LONGEST).contains(&value.len()) || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Problem::bad(format!("Idempotency-Key is not usable; use 1 to {LONGEST} visible characters")));
        }
        let caller = bearer(&parts.headers).or(cookie(service, &parts.headers)).unwrap_or_default().to_owned();
        let body = String::from_utf8_lossy(body);
        let request = format!("{} {} {:?}\n{body}", parts.method, parts.uri.path(), asked.0);
        Ok(Some(Self { caller, key: value.to_owned(), request }))
    }
}

/// The longest idempotency key.
const LONGEST: usize = 255;

/// A header that may stand there once, in visible ASCII.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    let (first, None) = (values.next(), values.next()) else {
        return Err(Problem::bad(format!("the header {name} is there twice; send it once")));
    };
    let read = first.map(HeaderValue::to_str).transpose();
    read.map_err(|_| Problem::bad(format!("the header {name} is no plain text")))
}

/// The tags of `If-Match` (RFC 9110 section 13.1.1). `*` only demands that the thing is there, as every change does. The `*`
/// of `If-None-Match` (section 13.1.2) demands that it is not.
fn only_if(headers: &HeaderMap) -> Result<Option<OnlyIf>, Problem> {
    match single(headers, "if-none-match")?.map(str::trim) {
        Some("*") if !headers.contains_key(header::IF_MATCH) => return Ok(Some(OnlyIf::absent())),
        Some(_) => return Err(Problem::bad("If-None-Match is `*` or not there, and never beside If-Match")),
        None => {}
    }
    let Some(value) = single(headers, "if-match")?.filter(|value| value.trim() != "*") else { return Ok(None) };
    let tags = value.split(',').map(|tag| tag.trim().strip_prefix('"')?.strip_suffix('"').map(str::to_owned));
    let tags = tags.collect::<Option<Vec<String>>>();
    let tags = tags.ok_or_else(|| Problem::bad("If-Match is no list of strong tags; send the ETag as you got it"))?;
    Ok(Some(OnlyIf::tagged(tags)))
}

/// What something is over: an account, or the deployment.
pub(super) fn over(account: Option<&str>) -> Result<Over, Problem> {
    let unknown = |text: &str| Refusal::UnknownAccount(text.to_owned());
    let account = account.map(|text| text.parse().map_err(|_| unknown(text))).transpose()?;
    Ok(account.map_or(Over::Deployment, Over::Account))
}

/// The administrator behind the request's token, or else behind the browser's session. An application's credential is
/// none.
async fn authenticate(service: &Service, parts: &Parts) -> Result<Context, Problem> {
    let (caller, credential) = match (bearer(&parts.headers), cookie(service, &parts.headers)) {
        (Some(token), _) => (service.authenticate_token(token).await?, Credential::token(token)),
        (None, Some(cookie)) if !parts.headers.contains_key(header::AUTHORIZATION) => {
            let caller = service.authenticate_session(cookie).await?;
            let caller = caller.ok_or_else(Problem::unauthenticated)?;
            own_site(service, parts)?;
            let holds = matches!(&caller, Caller::Administrator { grants, .. } if !grants.is_empty());
            if !holds && !parts.uri.path().starts_with("/api/v1/me/") {
                return Err(Problem::no_role());
            }
            (Some(caller), Credential::session(cookie))
        }
        (None, _) => return Err(Problem::unauthenticated()),
    };
    let caller = caller.filter(|caller| matches!(caller, Caller::Administrator { .. }));
    let caller = caller.ok_or_else(Problem::unauthenticated)?;
    let origin = parts.extensions.get::<Origin>().copied();
    let origin = origin.ok_or_else(|| Problem::fault(&"a request without an id"))?;
    let cx = service.context(caller, Door::Admin, origin.request, origin.remote);
    Ok(cx.with_credential(credential))
}

/// The browser's session.
fn cookie<'h>(service: &Service, headers: &'h HeaderMap) -> Option<&'h str> {
    Cookie::Session.sent_to(headers, &service.settings().base_url)
}

/// A browser sends its cookie with whatever any site makes it ask for. So a session's request must come from our own
/// site, as the browser says, and a change must say besides that it is JSON, which no form can.
fn own_site(service: &Service, parts: &Parts) -> Result<(), Problem> {
    let changes = !matches!(parts.method, Method::GET | Method::HEAD);
    if !from_own_site(&service.settings().base_url, &parts.headers, changes) {
        return Err(Problem::other_site());
    }
    if changes && !is_json(&parts.headers) {
        return Err(Problem::not_json());
    }
    Ok(())
}

/// The members of a query, in their order.
struct Asked(Vec<(String, String)>);

impl Asked {
    fn of(uri: &Uri) -> Self {
        Self(form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect())
    }

    /// Takes a member out. Twice the same is a mistake.
    fn take(&mut self, name: &str) -> Result<Option<String>, Problem> {
        let mut found = self.0.extract_if(.., |(known, _)| known == name);
        let first = found.next().map(|(_, value)| value);
        if found.next().is_some() {
            return Err(Problem::bad(format!("{name} stands in the query twice; send it once")));
        }
        Ok(first)
    }

    /// Everything but the place in a list.
    fn unpaged(&self) -> Vec<&(String, String)> {
        self.0.iter().filter(|(name, _)| name != "after" && name != "limit").collect()
    }

    fn page(&mut self, binding: &str, service: &Service) -> Result<PageRequest, Problem> {
        let limit = match self.take("limit")? {
            None => USUAL,
            Some(text) => {
                let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
                number.ok_or_else(|| Problem::bad(format!("limit is no number from 1 to {MOST}")))?
            }
        };
        let open = |token: String| {
            let why = "it is not what a page of this list gave you as next; begin without it".to_owned();
            let foreign = |_| Problem::from(Refusal::Invalid { member: "after", why });
            paging::open(&token, binding, &service.door_key()).map_err(foreign)
        };
        Ok(PageRequest { after: self.take("after")?.map(open).transpose()?, limit })
    }

    fn read<Q: DeserializeOwned>(self) -> Result<Q, Problem> {
        if self.0.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(Problem::bad("the query has a NUL character (%00); no text here may have one"));
        }
        let text = form_urlencoded::Serializer::new(String::from("/?")).extend_pairs(self.0).finish();
        let uri = text.parse::<Uri>().map_err(|_| Problem::bad("the query is too long"))?;
        let read = Read::<Q>::try_from_uri(&uri);
        read.map(|Read(query)| query).map_err(|error| Problem::bad(error.body_text()))
    }
}

/// The body. It may be left out where the route takes none, not where all its members may be left out.
fn read_body<B: DeserializeOwned + 'static>(headers: &HeaderMap, body: &[u8]) -> Result<B, Problem> {
    if body.is_empty() {
        let none = (TypeId::of::<B>() == TypeId::of::<Nothing>()).then_some("{}");
        let read = none.and_then(|none| serde_json::from_str(none).ok());
        return read.ok_or_else(|| Problem::bad("the body is missing; send a JSON object"));
    }
    if !is_json(headers) {
        return Err(Problem::not_json());
    }
    if body.windows(NUL.len()).any(|part| part.eq_ignore_ascii_case(NUL)) {
        return Err(Problem::bad("the body has a NUL character (\\u0000); no text here may have one"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let Object(read) = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let place = error.path().to_string();
        let place = if place == "." { String::new() } else { format!(" at {place}") };
        Problem::bad(format!("the body cannot be used{place}: {}", error.inner()))
    })?;
    reader.end().map_err(|error| Problem::bad(format!("the body cannot be used: {error}")))?;
    Ok(read)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// The character that no database's text may have, as JSON spells it.
const NUL: &[u8] = br"\u0000";
