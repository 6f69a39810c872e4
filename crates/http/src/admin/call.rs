//! A request of the admin API as its handler gets it: everything that can be wrong with its form is found out before.

use access::{AccountId, Refusal};
use axum::extract::{FromRequest, FromRequestParts, Query as Read, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use chime::paging;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use service::{Context, Credential, Door, Page, PageRequest, Service};
use url::form_urlencoded;
use utoipa::IntoParams;

use super::answer::{Answer, List, json, ok};
use super::error::Problem;
use crate::dialect::Trouble;
use crate::frame::{Origin, Whole, bearer};
use crate::object::Object;

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

impl<Q: Query, B: DeserializeOwned> FromRequest<Service> for Call<Q, B> {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Problem> {
        let Ok(Whole { mut parts, body }) = Whole::from_request(request, service).await;
        // First of all: strangers learn nothing of what is wrong with their words.
        let cx = authenticate(service, &parts).await?;
        let path = RawPathParams::from_request_parts(&mut parts, service).await.map_err(|_| Trouble::NotFound)?;
        let path: Vec<(String, String)> = path.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let mut asked = Asked::of(&parts.uri);
        let binding = format!("{} {} {:?} {:?}", parts.method, parts.uri.path(), cx.caller, asked.unpaged());
        let page = if Q::PAGED { asked.page(&binding, service)? } else { PageRequest { after: None, limit: USUAL } };
        let query = asked.read()?;
        let body = read_body(&parts.headers, &body)?;
        Ok(Self { service: service.clone(), cx, query, body, page, binding, path })
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
        let next = page.next.map(|position| paging::seal(&position, &self.binding, &self.service.paging_key()));
        ok(&List { items: page.items.into_iter().map(shape).collect(), next })
    }

    /// 201 with what a verb made.
    pub async fn create<T, S: Serialize, F: Future<Output = Result<T, service::Error>>>(
        &self,
        verb: impl FnOnce(Service, Context) -> F,
        shape: impl Fn(T) -> S,
    ) -> Answer {
        let made = verb(self.service.clone(), self.cx.clone()).await?;
        json(StatusCode::CREATED, &shape(made))
    }
}

/// The administrator behind the request's token. An application's credential is none.
async fn authenticate(service: &Service, parts: &Parts) -> Result<Context, Problem> {
    let token = bearer(&parts.headers).ok_or_else(Problem::unauthenticated)?;
    let caller = service.authenticate_token(token).await?;
    let caller = caller.filter(|caller| matches!(caller, access::authority::Caller::Administrator { .. }));
    let caller = caller.ok_or_else(Problem::unauthenticated)?;
    let origin = parts.extensions.get::<Origin>().copied();
    let origin = origin.ok_or_else(|| Problem::fault(&"a request without an id"))?;
    let cx = service.context(caller, Door::Admin, origin.request, origin.remote);
    Ok(cx.with_credential(Credential::token(token)))
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
            paging::open(&token, binding, &service.paging_key()).map_err(foreign)
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

/// The body, if the route takes one.
fn read_body<B: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<B, Problem> {
    if body.is_empty() {
        return serde_json::from_str("{}").map_err(|_| Problem::bad("the body is missing; send a JSON object"));
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
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

/// The character that no database's text may have, as JSON spells it.
const NUL: &[u8] = br"\u0000";
