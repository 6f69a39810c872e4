//! What is set for the whole deployment (rule 59).

use access::DeploymentSettings;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};

use super::rows::upsert;
use super::{Lock, Write, locked};
use crate::Error;
use crate::entity::deployment_settings;

impl Write {
    /// The settings of the deployment, locked.
    pub async fn deployment_settings(&mut self) -> Result<DeploymentSettings, Error> {
        of_row(locked(deployment_settings::Entity::find(), Lock::Exclusive).one(&self.transaction).await?)
    }

    /// Changed settings.
    pub async fn save_deployment_settings(&mut self, settings: &DeploymentSettings) -> Result<(), Error> {
        let row = deployment_settings::Model {
            id: 1,
            business_calling_bucket: settings.business_calling_bucket.clone(),
            voice_connector_bucket: settings.voice_connector_bucket.clone(),
        };
        upsert::<deployment_settings::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }
}

/// The settings of the deployment.
pub(crate) async fn settings(connection: &impl ConnectionTrait) -> Result<DeploymentSettings, Error> {
    of_row(deployment_settings::Entity::find().one(connection).await?)
}

fn of_row(row: Option<deployment_settings::Model>) -> Result<DeploymentSettings, Error> {
    let row = row.ok_or_else(|| Error::corrupt("the settings of the deployment are missing"))?;
    Ok(DeploymentSettings {
        business_calling_bucket: row.business_calling_bucket,
        voice_connector_bucket: row.voice_connector_bucket,
    })
}
