//! Every route as everybody: the statuses of `tests/tables/authority.md`, and nothing of another tenant in any answer
//! (rule 28).

mod place;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Method, Request};
use carillon_http::routes;
use service::testing::World;

use crate::app::{Answer, App};
use crate::chime::Client;
use place::{CALLERS, Ids, Place, Presented};
use table::{Row, rows};

/// The table's parts about routes of the router.
const ROUTES: [&str; 3] = ["Pages, AuthZEN and health", "Signing in and tokens", "The admin API"];
/// Its part about the operations of the Chime API, which has one route for all.
const OPERATIONS: &str = "Operations of the Chime API";

/// One route with its row.
struct Case<'a> {
    row: &'a Row,
    method: String,
    path: String,
}

/// Every route of the router and every operation, each with the one row it has.
fn cases<'a>(routed: &'a [Row], operations: &'a [Row]) -> Vec<Case<'a>> {
    let mut cases: Vec<Case<'a>> = Vec::new();
    for route in routes() {
        let (method, path) = (route.method.as_str(), route.path);
        let found: Vec<&Row> = routed.iter().filter(|row| row.covers(method, path)).collect();
        let [row] = found.as_slice() else {
            panic!("{method} {path} ({:?}) has {} rows in authority.md: give it one", route.performs, found.len())
        };
        cases.push(Case { row, method: method.to_owned(), path: path.to_owned() });
    }
    for row in routed {
        assert!(cases.iter().any(|case| std::ptr::eq(case.row, row)), "{} is no route", row.place());
    }
    let mut named = BTreeMap::new();
    for row in operations {
        let (method, path) = row.one();
        let target = format!("{}{}", path.replace(['{', '}'], ""), row.query.replace(['{', '}'], ""));
        let operation = chime::operation::route(method, &target);
        let name = operation.unwrap_or_else(|error| panic!("{}: {error:?}", row.place())).name();
        assert_eq!(named.insert(name, row.place()), None, "{name} has one row");
        cases.push(Case { row, method: method.to_owned(), path: path.to_owned() });
    }
    let missing: Vec<_> = operation_names().into_iter().filter(|name| !named.contains_key(name)).collect();
    assert!(missing.is_empty(), "operations without a row in authority.md: {missing:?}");
    cases
}

/// The names of all operations, from the function that gives each its name: the compiler keeps that complete.
fn operation_names() -> BTreeSet<&'static str> {
    const SOURCE: &str = include_str!("../../../../chime/src/operation.rs");
    let body = SOURCE.split("pub fn name(&self)").nth(1).and_then(|rest| rest.split("\n    }\n").next());
    let arms = body.expect("Operation::name").lines().filter_map(|line| line.split("=> \"").nth(1));
    let names: BTreeSet<_> = arms.filter_map(|rest| rest.split('"').next()).collect();
    assert!(names.len() >= 12, "{names:?}");
    names
}

#[test]
fn every_route_answers_everybody_as_the_table_says() {
    let (routed, operations) = (ROUTES.map(rows).into_iter().flatten().collect::<Vec<_>>(), rows(OPERATIONS));
    let cases = cases(&routed, &operations);
    on_runtime(async {
        let place = Place::new().await;
        let mut wrong = Vec::new();
        for case in &cases {
            let seen = statuses(&place, case).await;
            let expected: Vec<_> = case.row.statuses.iter().map(u16::to_string).collect();
            if seen != expected {
                let line = format!("{} {} answers\n    | {} |", case.method, case.path, seen.join(" | "));
                wrong.push(format!("{}: {line}\n    | {} |", case.row.place(), expected.join(" | ")));
            }
        }
        assert!(wrong.is_empty(), "{}\nthe callers are {CALLERS:?}", wrong.join("\n"));
    });
}

/// The status for each sort of caller; those of one sort must get the same.
async fn statuses(place: &Place, case: &Case<'_>) -> Vec<String> {
    let asks = |caller: usize| &place.callers[caller];
    let mut seen = vec![String::new(); CALLERS.len()];
    let changes = |caller: usize| case.row.statuses[caller] < 400 && case.method != "GET";
    // Who is refused changes nothing, so all of those find the same world.
    let refused: Vec<_> = (0..CALLERS.len()).filter(|caller| !changes(*caller)).collect();
    place
        .template
        .copied(async |world| {
            let before = world.dump().await;
            for caller in refused {
                seen[caller] = status(&world, place, case, asks(caller)).await;
            }
            if case.method != "GET" {
                assert_eq!(world.dump().await, before, "{}: who is refused changes nothing", case.row.place());
            }
        })
        .await;
    for caller in (0..CALLERS.len()).filter(|caller| changes(*caller)) {
        let ask = async |world| status(&world, place, case, asks(caller)).await;
        seen[caller] = place.template.copied(ask).await;
    }
    seen
}

async fn status(world: &World, place: &Place, case: &Case<'_>, asking: &[Presented]) -> String {
    let app = app(world);
    let mut seen: Vec<String> = Vec::new();
    for presented in asking {
        let answer = ask(&app, world, case, presented, &place.home).await;
        assert!(!answer.status.is_server_error(), "{} as {presented:?}: {answer:?}", case.row.place());
        seen.push(format!("{}{}", answer.status.as_u16(), if presented.what.is_empty() { "" } else { presented.what }));
    }
    let alike: BTreeSet<&str> = seen.iter().map(|status| &status[..3]).collect();
    if alike.len() == 1 { seen[0][..3].to_owned() } else { seen.join(", ") }
}

/// For an administrator of one tenant, what belongs to the other is what belongs to nobody: the answers are the same
/// but for the ids that were sent and those of the requests.
#[test]
fn another_tenants_ids_answer_as_random_ones() {
    let (routed, operations) = (ROUTES.map(rows).into_iter().flatten().collect::<Vec<_>>(), rows(OPERATIONS));
    let cases = cases(&routed, &operations);
    on_runtime(async {
        let place = Place::new().await;
        let mut compared = 0;
        for caller in ["reader", "owner"] {
            let at = CALLERS.iter().position(|name| *name == caller).expect("a caller");
            let presented = &place.callers[at][0];
            for case in &cases {
                let sent = format!("{}{}{:?}", case.path, case.row.query, case.row.body);
                let named: Vec<_> = place.home.keys().filter(|name| sent.contains(&format!("{{{name}}}"))).collect();
                // All ids of the other tenant; and within the own account, each other one.
                let inner = named.iter().filter(|name| **name != &"account").map(|name| vec![**name]);
                let outer = (!named.is_empty()).then(|| named.iter().map(|name| **name).collect::<Vec<_>>());
                for swapped in inner.chain(outer) {
                    let mut answers = Vec::new();
                    for ids in [&place.other, &place.random] {
                        let ids = with(&place.home, ids, &swapped);
                        let ask = async |world: World| ask(&app(&world), &world, case, presented, &ids).await;
                        answers.push(plain(&place.template.copied(ask).await, &ids));
                    }
                    assert_eq!(answers[0], answers[1], "{} as {caller}, foreign {swapped:?}", case.row.place());
                    compared += 1;
                }
            }
        }
        assert!(compared > 20, "{compared} pairs");
    });
}

/// One's own ids, but these, which are somebody else's.
fn with(own: &Ids, theirs: &Ids, swapped: &[&'static str]) -> Ids {
    let mut ids = own.clone();
    ids.extend(swapped.iter().map(|name| (*name, theirs[name].clone())));
    ids
}

/// An answer without the ids that were sent and without that of the request.
fn plain(answer: &Answer, ids: &Ids) -> String {
    let request = [answer.header("x-request-id"), answer.header("x-amzn-requestid")].map(str::to_owned);
    let mut text = format!("{} {:?}\n{}", answer.status, answer.headers, answer.body);
    for request in request.iter().filter(|request| !request.is_empty()) {
        text = text.replace(request.as_str(), "{request}");
    }
    for (name, id) in ids {
        text = text.replace(id.as_str(), &format!("{{{name}}}"));
    }
    text
}

fn app(world: &World) -> App {
    App::with(world, |settings| {
        let limits = &mut settings.limits;
        (limits.per_credential, limits.per_address, limits.forms) = (None, None, None);
    })
}

async fn ask(app: &App, world: &World, case: &Case<'_>, presented: &Presented, ids: &Ids) -> Answer {
    let filled = |text: &str| {
        // On the pages a token is a link's: none is good.
        let page = ["/invitations/", "/register/", "/setup/"].iter().any(|page| case.path.starts_with(page));
        let text = if page { text.replace("{token}", "0000") } else { text.to_owned() };
        // A mail is no tenant's, so the second round asks for the same.
        let none = "00000000-0000-0000-0000-000000000000";
        let text =
            text.replace("{mail}", "1").replace("{run}", "1").replace("{session}", none).replace("{provider}", none);
        let text = text.replace("{*page}", "accounts").replace("{file}", "none.js");
        ids.iter().fold(text, |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    };
    let target = filled(&format!("{}{}", case.path, case.row.query));
    assert!(!target.contains('{'), "{}: {target} names what nobody knows", case.row.place());
    let body = case.row.body.as_deref().map(filled);
    let signed = ["/accounts", "/settings"].iter().any(|path| case.path.starts_with(path));
    if let (true, Some(key)) = (signed, &presented.key) {
        let request = Client::new(app, world, key).signed(&case.method, &target, body);
        return app.send(request).await;
    }
    let mut request = Request::builder().method(case.method.parse::<Method>().expect("a method")).uri(target);
    if let Some(token) = &presented.token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if let Some(body) = &body {
        let form = !body.starts_with('{');
        let kind = if form { "application/x-www-form-urlencoded" } else { "application/json" };
        request = request.header("content-type", kind);
    }
    app.send(request.body(body.map_or_else(Body::empty, Body::from)).expect("a request")).await
}

fn on_runtime(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(test);
}

/// Every route goes through [`carillon_http::Routes`], which asks what it performs.
#[test]
fn no_route_goes_past_the_declarations() {
    fn look(folder: &std::path::Path) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                look(&path);
            } else if !path.ends_with("route.rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                for way in [".route(", ".route_service(", ".nest(", ".nest_service("] {
                    assert!(!text.contains(way), "{}: use Routes instead of {way}", path.display());
                }
            }
        }
    }
    look(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
}
