//! What is set for the whole deployment: kept and shown (rule 59).

use access::DeploymentSettings;
use access::authority::{Action, Over};
use access::change::{self, DeploymentSettingsChange};
use futures::FutureExt;
use store::Write;
use uuid::Uuid;

use crate::authority::authority;
use crate::facts::Facts;
use crate::run::{Outcome, Stage, Verb, single};
use crate::{Context, Error, Service};

const VERB: Verb = Verb { name: "deployment.set", action: Action::UpdateDeployment };

impl Service {
    /// What is set.
    ///
    /// **Permission**: `ViewDeployment`.
    pub async fn deployment_settings(&self, cx: &Context) -> Result<DeploymentSettings, Error> {
        let read = self.permitted(cx, Action::ViewDeployment, Over::Deployment)?;
        Ok(read.deployment_settings().await?)
    }

    /// Changes it; what is `None` stays.
    ///
    /// **Permission**: `UpdateDeployment`.
    pub async fn update_deployment_settings(
        &self,
        cx: &Context,
        wanted: DeploymentSettingsChange,
    ) -> Result<DeploymentSettings, Error> {
        let outcomes = self.run(cx, VERB.name, move |w, stage| {
            let wanted = wanted.clone();
            async move { Ok(vec![apply(w, stage, wanted).await?]) }.boxed()
        });
        single(outcomes.await)
    }
}

async fn apply(
    w: &mut Write,
    stage: &Stage,
    wanted: DeploymentSettingsChange,
) -> Result<Outcome<DeploymentSettings>, Error> {
    authority(w, stage, VERB.action, Over::Deployment).await?;
    let before = w.deployment_settings().await?;
    let after = change::update_deployment_settings(&before, wanted)?;
    w.save_deployment_settings(&after).await?;
    let (facts, then) = (Facts::of_deployment(&before), Facts::of_deployment(&after));
    let record = stage.changed(VERB.name, None, Uuid::nil(), &facts, &then);
    Ok(Outcome { result: Ok(after), audit: vec![record], notices: vec![] })
}
