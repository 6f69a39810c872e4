//! Block: the operator keeps a person out, whatever else holds (rule 18).

use std::collections::HashMap;

use access::authority::{Action, Over, may_act_on, permit};
use access::change::{self, Transition};
use access::user::Block;
use access::{AccountId, Refusal, User, UserId};
use futures::FutureExt;
use store::{Lock, Write};

use crate::accounts::Accounts;
use crate::authority::beside;
use crate::effects::{self, Change};
use crate::reason::usable;
use crate::run::{Outcome, Stage, Verb};
use crate::targets::canonical;
use crate::{Context, Error, Outcomes, Service};

const VERB: Verb = Verb { name: "user.block", action: Action::Block };

impl Service {
    /// Blocks people in every account; sessions and keys end. Blocking again replaces the reason.
    ///
    /// **Permission**: `Block` over the deployment.
    pub async fn block(&self, cx: &Context, users: Vec<String>, reason: Option<String>) -> Outcomes<User> {
        self.run(cx, VERB.name, move |w, stage| {
            let (users, reason) = (users.clone(), reason.clone());
            async move {
                let block = Block { by: stage.cx.person(), at: stage.cx.at, reason: usable(reason)? };
                apply(w, stage, VERB, &users, |user| change::block(user, block.clone())).await
            }
            .boxed()
        })
        .await
    }
}

/// Applies a rule of the operator's to people, whatever account they are in.
pub(crate) async fn apply(
    w: &mut Write,
    stage: &Stage,
    verb: Verb,
    ids: &[String],
    rule: impl Fn(&User) -> Result<Transition, Refusal>,
) -> Result<Vec<Outcome<User>>, Error> {
    permit(&stage.cx.caller, verb.action, Over::Deployment)?;
    let people: Vec<UserId> = ids.iter().filter_map(|id| canonical(id)).map(UserId).collect();
    // Nothing of the accounts changes, but whoever locks people locks their accounts first.
    let of: Vec<AccountId> = w.memberships(&people).await?.into_values().collect();
    let mut accounts = Accounts::lock(w, &of, Lock::Share).await?;
    let authority = beside(w, stage, verb.action, Over::Deployment, ids).await?;
    let found: HashMap<UserId, User> = w.users(&people).await?.into_iter().map(|user| (user.id, user)).collect();
    let grants = w.grants_of(&people).await?;
    let decide = |id: &String| {
        let unknown = || (None, Refusal::UnknownUser(id.clone()));
        let user = canonical(id).and_then(|id| found.get(&UserId(id))).ok_or_else(unknown)?;
        let held = grants.get(&user.id).map_or(&[][..], Vec::as_slice);
        let answer = may_act_on(authority.permit, held).and_then(|()| rule(user));
        let transition = answer.map_err(|refusal| (Some(user.id.0), refusal))?;
        Ok::<_, (Option<uuid::Uuid>, Refusal)>(Change { before: Some(user.clone()), transition })
    };
    let (mut changes, mut places): (Vec<Change>, HashMap<UserId, usize>) = Default::default();
    let mut place = |change: Change| {
        *places.entry(change.transition.user.id).or_insert_with(|| {
            changes.push(change);
            changes.len() - 1
        })
    };
    let answers: Vec<Result<usize, _>> = ids.iter().map(|id| decide(id).map(&mut place)).collect();
    let mut written = effects::write(w, stage, &mut accounts, verb.name, changes).await?;
    for record in written.iter_mut().flat_map(|person| &mut person.audit).filter(|record| record.action == verb.name) {
        // The operator's own trail: why, and from where, is no business of the account that the person is in.
        record.account = None;
    }
    let outcomes = answers.into_iter().map(|answer| match answer {
        // Whoever is listed twice is written and recorded once.
        Ok(at) => Outcome {
            result: Ok(written[at].user.clone()),
            audit: std::mem::take(&mut written[at].audit),
            notices: std::mem::take(&mut written[at].notices),
        },
        Err((subject, refusal)) => {
            let audit = vec![stage.refused(verb.name, None, subject, &refusal)];
            Outcome { result: Err(refusal), audit, notices: vec![] }
        }
    });
    Ok(outcomes.collect())
}
