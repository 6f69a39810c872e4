//! `carillon deployment`.

use access::change::DeploymentSettingsChange;
use clap::Subcommand;

use super::Host;
use crate::output::Done;

/// What holds for the whole deployment.
#[derive(Debug, Subcommand)]
pub enum Deployment {
    /// Show what is set
    Show,
    /// Set where records of calls would go; kept and shown, as there is no telephony here
    Update {
        /// The bucket for records of business calling; empty for none
        #[arg(long, value_name = "BUCKET")]
        business_calling_bucket: Option<String>,
        /// The bucket for records of voice connectors; empty for none
        #[arg(long, value_name = "BUCKET")]
        voice_connector_bucket: Option<String>,
    },
}

/// Does it.
pub async fn run(host: &mut Host, command: Deployment) -> Done {
    let shown = match command {
        Deployment::Show => host.service.deployment_settings(&host.cx).await?,
        Deployment::Update { business_calling_bucket, voice_connector_bucket } => {
            let bucket = |given: Option<String>| given.map(|name| Some(name).filter(|name| !name.is_empty()));
            let wanted = DeploymentSettingsChange {
                business_calling_bucket: bucket(business_calling_bucket),
                voice_connector_bucket: bucket(voice_connector_bucket),
            };
            host.service.update_deployment_settings(&host.cx, wanted).await?
        }
    };
    let facts = [
        ("business calling", shown.business_calling_bucket.clone()),
        ("voice connector", shown.voice_connector_bucket.clone()),
    ];
    host.output.one(&shown, &facts)
}
