//! What is set for the whole deployment.

use serde::{Deserialize, Serialize};

/// Where records of calls would go. Kept and shown: there are no calls here (rule 59).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentSettings {
    /// The bucket for records of business calling.
    pub business_calling_bucket: Option<String>,
    /// The bucket for records of voice connectors.
    pub voice_connector_bucket: Option<String>,
}
