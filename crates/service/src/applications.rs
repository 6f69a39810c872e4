//! Applications: making, listing, showing, changing (rule 13).

use access::application::{Application, Audience, Client};
use access::authority::{Action, Over, permit};
use access::user::usable_name;
use access::{Account, AccountId, ApplicationId, BaseLicense, Feature, Refusal};
use store::{Lock, Write};

use crate::authority::authority;
use crate::facts::Facts;
use crate::run::{Outcome, Stage, single};
use crate::tokens::owner_managed;
use crate::{Context, Error, Service, fresh};

/// The most accounts that an audience lists.
const MOST_LISTED: usize = 1_000;

/// What an application is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApplication {
    /// What people call it; 1 to 100 characters.
    pub name: String,
    /// The owning account; `None` when it is the deployment's.
    pub owner: Option<AccountId>,
    /// Who may enter; `None` for members of the owner, or anyone when the deployment owns it.
    pub audience: Option<Audience>,
    /// The least license it demands.
    pub required_license: Option<BaseLicense>,
    /// The feature it demands; the catalog must know it.
    pub required_feature: Option<Feature>,
    /// How it signs people in; `None` when it only asks.
    pub client: Option<Client>,
}

/// What changes of an application; `None` leaves it, `Some(None)` lifts a demand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplicationUpdate {
    /// See [`NewApplication::name`].
    pub name: Option<String>,
    /// See [`NewApplication::audience`].
    pub audience: Option<Audience>,
    /// See [`NewApplication::required_license`].
    pub required_license: Option<Option<BaseLicense>>,
    /// See [`NewApplication::required_feature`].
    pub required_feature: Option<Option<Feature>>,
    /// See [`NewApplication::client`].
    pub client: Option<Option<Client>>,
}

impl Service {
    /// Makes an application of the deployment or of an account. It has no credential yet: make it a token.
    pub async fn create_application(&self, cx: &Context, wish: NewApplication) -> Result<Application, Error> {
        const VERB: &str = "application.create";
        let (owner, over) = (wish.owner, wish.owner.map_or(Over::Deployment, Over::Account));
        let created = self.run(cx, VERB, move |w, stage| {
            let wish = wish.clone();
            Box::pin(async move {
                permit(&stage.cx.caller, Action::ManageApplications, over)?;
                let concerned = owner.into_iter().chain(listed(wish.audience.as_ref())).collect();
                let accounts = known(w, stage, concerned).await?;
                if accounts.iter().any(|account| Some(account.id) == owner && account.deleted.is_some()) {
                    return Err(Refusal::AccountDeleted.into());
                }
                authority(w, stage, Action::ManageApplications, over).await?;
                let usual = if owner.is_some() { Audience::Members } else { Audience::Anyone };
                let application = Application {
                    id: ApplicationId(fresh::id(&stage.random, stage.cx.at)),
                    name: usable_name(&wish.name)?,
                    owner,
                    audience: wish.audience.map_or(usual, tidy),
                    required_license: wish.required_license,
                    required_feature: wish.required_feature,
                    client: wish.client,
                };
                check(w, stage, None, &application).await?;
                w.insert_application(&application, stage.cx.at).await?;
                let (none, facts) = (Facts::none(), Facts::of(&application));
                let record = stage.changed(VERB, owner, application.id.0, &none, &facts);
                Ok(vec![Outcome { result: Ok(application), audit: vec![record], notices: vec![] }])
            })
        });
        single(created.await)
    }

    /// Changes an application. The next question it asks is answered accordingly.
    pub async fn update_application(
        &self,
        cx: &Context,
        id: ApplicationId,
        update: ApplicationUpdate,
    ) -> Result<Application, Error> {
        const VERB: &str = "application.update";
        let updated = self.run(cx, VERB, move |w, stage| {
            let update = update.clone();
            Box::pin(async move {
                known(w, stage, listed(update.audience.as_ref())).await?;
                owner_managed(w, stage, id).await?;
                let before = w.application(id).await?.ok_or_else(|| unknown(id))?;
                stage.cx.terms.found(&before)?;
                let mut after = before.clone();
                if let Some(name) = update.name {
                    after.name = usable_name(&name)?;
                }
                after.audience = update.audience.map_or(after.audience, tidy);
                after.required_license = update.required_license.unwrap_or(after.required_license);
                after.required_feature = update.required_feature.unwrap_or(after.required_feature);
                after.client = update.client.unwrap_or(after.client);
                check(w, stage, Some(&before), &after).await?;
                w.save_application(&after).await?;
                if before.client.is_some() && after.client.is_none() {
                    // It signs nobody in any more, so nothing it got by that stands for anybody.
                    w.end_authorizations_of(id, stage.cx.at).await?;
                }
                let record = stage.changed(VERB, after.owner, id.0, &Facts::of(&before), &Facts::of(&after));
                Ok(vec![Outcome { result: Ok(after), audit: vec![record], notices: vec![] }])
            })
        });
        single(updated.await)
    }

    /// The applications of the deployment (all of them) or of an account, oldest first.
    pub async fn list_applications(&self, cx: &Context, over: Over) -> Result<Vec<Application>, Error> {
        Ok(self.permitted(cx, Action::ManageApplications, over)?.applications().await?)
    }

    /// One application; one out of reach looks unknown.
    pub async fn show_application(&self, cx: &Context, id: ApplicationId) -> Result<Application, Error> {
        for read in self.reaches(cx, Action::ManageApplications) {
            if let Some(application) = read.application(id).await? {
                return Ok(application);
            }
        }
        Err(unknown(id).into())
    }
}

fn unknown(id: ApplicationId) -> Refusal {
    Refusal::UnknownApplication(id.to_string())
}

/// Each listed account once, in the order in which they are kept.
fn tidy(audience: Audience) -> Audience {
    match audience {
        Audience::Accounts(mut listed) => {
            listed.sort_unstable();
            listed.dedup();
            Audience::Accounts(listed)
        }
        Audience::Anyone | Audience::Members => audience,
    }
}

/// The accounts an audience lists.
fn listed(audience: Option<&Audience>) -> Vec<AccountId> {
    match audience {
        Some(Audience::Accounts(listed)) => listed.clone(),
        Some(Audience::Anyone | Audience::Members) | None => Vec::new(),
    }
}

/// These accounts, locked before anything else. All are within the caller's reach: an account's administrators learn
/// nothing of other tenants through an application of their own (rule 28).
async fn known(w: &mut Write, stage: &Stage, ids: Vec<AccountId>) -> Result<Vec<Account>, Error> {
    for id in &ids {
        permit(&stage.cx.caller, Action::ViewAccount, Over::Account(*id))?;
    }
    let found = w.accounts(&ids, Lock::Share).await?;
    match ids.iter().find(|id| !found.iter().any(|account| account.id == **id)) {
        Some(missing) => Err(Refusal::UnknownAccount(missing.to_string()).into()),
        None => Ok(found),
    }
}

/// The catalog knows the feature, the deployment has no members, and only an operator lets an account ask about
/// everyone. What was there before is not asked about again.
async fn check(
    w: &mut Write,
    stage: &Stage,
    before: Option<&Application>,
    application: &Application,
) -> Result<(), Error> {
    application.client.as_ref().map_or(Ok(()), Client::check)?;
    let invalid = |member, why: String| Err(Refusal::Invalid { member, why }.into());
    let demanded = before.and_then(|before| before.required_feature.as_ref());
    let catalog = w.current_catalog().await?;
    let unknown = |feature: &&Feature| Some(*feature) != demanded && !catalog.features.contains_key(*feature);
    if let Some(feature) = application.required_feature.as_ref().filter(unknown) {
        return invalid("required_feature", format!("the catalog has no feature {feature}; add it there first"));
    }
    match &application.audience {
        same if before.is_some_and(|before| before.audience == *same) => Ok(()),
        Audience::Members if application.owner.is_none() => {
            invalid("audience", "the deployment has no members; choose anyone, or list accounts".to_owned())
        }
        Audience::Accounts(listed) if listed.is_empty() => invalid("audience", "list at least one account".to_owned()),
        Audience::Accounts(listed) if listed.len() > MOST_LISTED => {
            invalid("audience", format!("list at most {MOST_LISTED} accounts, or let anyone in"))
        }
        Audience::Anyone if application.owner.is_some() => {
            let operator = permit(&stage.cx.caller, Action::ManageApplications, Over::Deployment);
            operator.map(|_| ()).map_err(Error::Refused)
        }
        Audience::Anyone | Audience::Members | Audience::Accounts(_) => Ok(()),
    }
}
