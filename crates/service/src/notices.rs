//! What applications are told: that sessions of a person ended in which they were entered (OpenID Connect Back-Channel
//! Logout 1.0). A notice is a row of the outbox in the transaction of the change, and so there with it or not at all.

use std::collections::BTreeMap;

use access::{AccountId, ApplicationId, User, UserId};
use serde_json::json;
use store::{Notice, Receiver, Write};
use uuid::Uuid;

use crate::Error;
use crate::run::Stage;

/// The kind, as the outbox names it.
const LOGOUT: &str = "logout";
/// In the payload: the session, where it is one only.
pub(crate) const SID: &str = "sid";

/// Every session of these people, who are locked and as they were before, ends: what goes to the applications, by person.
pub(crate) async fn all_ended(
    w: &mut Write,
    stage: &Stage,
    before: &[User],
) -> Result<BTreeMap<UserId, Vec<Notice>>, Error> {
    let people: Vec<(UserId, i64)> = before.iter().map(|user| (user.id, user.epoch)).collect();
    let account = |user: &User| user.membership.map(|membership| membership.account);
    let accounts: BTreeMap<UserId, Option<AccountId>> = before.iter().map(|user| (user.id, account(user))).collect();
    let mut notices: BTreeMap<UserId, Vec<Notice>> = BTreeMap::new();
    for (user, application) in w.entered(&people, None, stage.cx.at).await? {
        let account = accounts.get(&user).copied().flatten();
        notices.entry(user).or_default().push(notice(stage, (user, account), application, None));
    }
    Ok(notices)
}

/// One session of a person, who is locked, ends.
pub(crate) async fn one_ended(w: &mut Write, stage: &Stage, user: &User, session: Uuid) -> Result<Vec<Notice>, Error> {
    let account = user.membership.map(|membership| membership.account);
    let entered = w.entered(&[(user.id, user.epoch)], Some(session), stage.cx.at).await?;
    let told =
        entered.into_iter().map(|(user, application)| notice(stage, (user, account), application, Some(session)));
    Ok(told.collect())
}

fn notice(
    stage: &Stage,
    (user, account): (UserId, Option<AccountId>),
    application: ApplicationId,
    session: Option<Uuid>,
) -> Notice {
    Notice {
        receiver: Receiver::Application(application),
        person: user.0,
        account,
        kind: LOGOUT.to_owned(),
        at: stage.cx.at,
        payload: json!({ SID: session }),
    }
}
