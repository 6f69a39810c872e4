//! `tests/tables/decision.md` is total, unambiguous and equal to `decide` over the full product.

use access::decision::{ApplicationFacts, Facts, decide};
use access::{BaseLicense, Feature};

use crate::table::{Axis, Table, codes, product, titles};
use crate::world;

const TEXT: &str = include_str!("../tables/decision.md");

const YES_NO: &[&str] = &["yes", "no"];
const SUSPENSION: Axis = ("suspension", &["none", "ended", "holds"]);
const BLOCKED: Axis = ("blocked", YES_NO);
const REGISTERED: Axis = ("registered", YES_NO);
const ACCOUNT: Axis = ("account", &["none", "Team", "EnterpriseLWA", "EnterpriseDirectory", "EnterpriseOIDC"]);
const DELETED: Axis = ("deleted", YES_NO);
const MANAGED: Axis = ("managed", YES_NO);
const SOURCE: Axis = ("source", &["none", "off", "off:Plus", "off:Pro", "on", "on:Plus", "on:Pro"]);
const BASE: Axis = ("base", &["Basic", "Plus", "Pro"]);
const TRIAL: Axis = ("trial", &["none", "running", "over"]);
const LICENSE: Axis = ("license", &["Basic", "Plus", "Pro", "ProTrial"]);
const WAITING: Axis = ("waiting", YES_NO);
const ORIGIN: Axis = ("origin", &["free", "default", "administrator", "group"]);
const APPLICATION: Axis = ("application", &["none", "stopped", "runs"]);
const MEMBER: Axis = ("member", YES_NO);
const AUDIENCE: Axis =
    ("audience", &["anyone", "own members", "other members", "deployment members", "theirs listed", "others listed"]);
const DEMANDED_LICENSE: Axis = ("demanded license", &["none", "Basic", "Plus", "Pro"]);
const DEMANDED_FEATURE: Axis = ("demanded feature", &["none", "of.all", "of.pro", "of.none"]);
const ASKED: Axis = ("asked", &["none", "of.all", "of.pro", "of.none"]);

/// The tables, read once.
struct Tables {
    person: Table,
    place: Table,
    license: Table,
    held: Table,
    audience: Table,
    demands: Table,
    asked: Table,
}

impl Tables {
    fn read() -> Self {
        let read = |title: &str, axes: &[Axis]| Table::read(TEXT, title, axes);
        assert_eq!(titles(TEXT).len(), 7, "each table is read here");
        Self {
            person: read("Person", &[SUSPENSION, BLOCKED, REGISTERED]),
            place: read("Place", &[ACCOUNT, DELETED, MANAGED, SOURCE]),
            license: read("License", &[ACCOUNT, SOURCE, BASE, TRIAL]),
            held: read("Held", &[WAITING, ORIGIN]),
            audience: read("Audience", &[APPLICATION, MEMBER, AUDIENCE]),
            demands: read("Demands", &[LICENSE, DEMANDED_LICENSE, DEMANDED_FEATURE]),
            asked: read("Asked", &[LICENSE, ASKED]),
        }
    }
}

/// A question about an application and a feature, and the numbers of its words.
struct Question {
    application: Option<ApplicationFacts>,
    feature: Option<Feature>,
    numbers: [usize; 5],
}

fn questions() -> Vec<Question> {
    let axes = [APPLICATION, AUDIENCE, DEMANDED_LICENSE, DEMANDED_FEATURE, ASKED];
    let all = product(&axes).into_iter().map(|point| {
        let numbers = std::array::from_fn(|axis| number(axes[axis], point[axis]));
        let application = world::application(point[0], point[1], point[2], point[3]);
        Question { application, feature: world::feature(point[4]), numbers }
    });
    // Without an application there is neither audience nor demand: one question for each feature is all there is.
    all.filter(|question| question.application.is_some() || question.numbers[1..4] == [0, 0, 0]).collect()
}

fn number(axis: Axis, value: &str) -> usize {
    axis.1.iter().position(|one| *one == value).expect("a value of the axis")
}

/// What the tables say of a person: the chain up to the license, whether they may sign in, the effective license.
struct Person {
    facts: Facts,
    chain: Vec<String>,
    may_sign_in: bool,
    license: usize,
}

fn people(tables: &Tables, held: &[(usize, usize)]) -> Vec<Person> {
    let axes = [SUSPENSION, BLOCKED, REGISTERED, ACCOUNT, DELETED, MANAGED, SOURCE, BASE, TRIAL];
    let mut people = Vec::new();
    for point in product(&axes) {
        let n: Vec<usize> = point.iter().zip(&axes).map(|(value, axis)| number(*axis, value)).collect();
        for &(waiting, origin) in held {
            let mut facts = world::facts();
            facts.suspension = world::suspension(point[0]);
            facts.blocked = point[1] == "yes";
            facts.registered = point[2] == "yes";
            facts.account = world::account(point[3], point[4] == "yes");
            facts.managed_by = (point[5] == "yes").then_some(world::OTHER);
            facts.source = world::source(point[6]);
            facts.license = world::base(point[7]).expect("a license");
            facts.trial_until = world::trial(point[8]);
            facts.waiting = (WAITING.1[waiting] == "yes").then_some(BaseLicense::Plus);
            facts.license_origin = world::origin(ORIGIN.1[origin]);
            let place = tables.place.at(&n[3..7]);
            let license = tables.license.at(&[n[3], n[6], n[7], n[8]]);
            let mut chain = codes(&tables.person.at(&n[..3])[0]);
            chain.extend(codes(&place[1]));
            let may_sign_in = chain.is_empty();
            if may_sign_in {
                chain =
                    [&place[0], &license[1], &tables.held.at(&[waiting, origin])[0]].map(|cell| codes(cell)).concat();
            }
            let chain = chain.into_iter().map(str::to_owned).collect();
            people.push(Person { facts, chain, may_sign_in, license: number(LICENSE, &license[0]) });
        }
    }
    people
}

/// What the tables add for a question: the reason, if there is one, and whether the answer is yes.
fn entry<'t>(tables: &'t Tables, person: &Person, question: &Question) -> (&'t str, bool) {
    let [application, audience, license, feature, asked] = question.numbers;
    let member = number(MEMBER, if person.facts.account.is_some() { "yes" } else { "no" });
    let refusals =
        [tables.audience.at(&[application, member, audience]), tables.demands.at(&[person.license, license, feature])];
    let demands = if question.application.is_some() { 2 } else { 1 };
    match refusals[..demands].iter().find(|outputs| outputs[0] != "-") {
        Some(outputs) => (&outputs[0], false),
        None => {
            let asked = tables.asked.at(&[person.license, asked]);
            (&asked[0], asked[1] == "yes")
        }
    }
}

fn check(tables: &Tables, people: &[Person], questions: &[Question]) {
    let catalog = world::catalog();
    for person in people {
        for question in questions {
            let (reason, yes) = if person.may_sign_in { entry(tables, person, question) } else { ("-", false) };
            let (application, feature) = (question.application.as_ref(), question.feature.as_ref());
            let decision = decide(&person.facts, &catalog, application, feature, world::now());
            let mut chain = person.chain.iter().map(String::as_str).chain((reason != "-").then_some(reason));
            let same =
                decision.reasons.iter().all(|reason| Some(reason.code()) == chain.next()) && chain.next().is_none();
            let license = LICENSE.1[person.license];
            assert!(
                same && decision.allowed == yes && decision.license.name() == license,
                "the tables say {yes} with {license} because {:?} then {reason}; the code says {decision:?}\n{:?}\n{:?}, {feature:?}",
                person.chain,
                person.facts,
                application,
            );
            let features = if person.may_sign_in { catalog.features_of(decision.license).count() } else { 0 };
            assert_eq!(decision.features.len(), features, "the features of {license}: {:?}", person.facts);
        }
    }
}

#[test]
fn the_decision_table_equals_the_code_over_the_full_product() {
    let tables = Tables::read();
    let (people, questions) = (people(&tables, &[(1, 1)]), questions());
    std::thread::scope(|scope| {
        for part in people.chunks(people.len() / 2 + 1) {
            scope.spawn(|| check(&tables, part, &questions));
        }
    });
}

#[test]
fn where_a_license_comes_from_is_told_for_everyone() {
    let tables = Tables::read();
    let held: Vec<(usize, usize)> = (0..2).flat_map(|waiting| (0..4).map(move |origin| (waiting, origin))).collect();
    let question = Question { application: None, feature: None, numbers: [0; 5] };
    check(&tables, &people(&tables, &held), &[question]);
}
