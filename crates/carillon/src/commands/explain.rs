//! `carillon explain`.

use access::{Feature, License};
use clap::Args;
use serde::Serialize;
use service::Explanation;

use super::Host;
use super::application::parse;
use crate::failure::Failure;
use crate::output::Done;

/// May this person sign in, and why?
#[derive(Debug, Args)]
pub struct Explain {
    /// An id or address
    user: String,
    /// May they use this feature, such as meetings.host?
    #[arg(long)]
    feature: Option<String>,
    /// May they enter this application? Its id
    #[arg(long, value_name = "ID")]
    application: Option<String>,
}

/// The answer as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    user: access::UserId,
    address: String,
    allowed: bool,
    license: License,
    features: Vec<Feature>,
    reasons: Vec<Reason>,
}

#[derive(Debug, Serialize)]
struct Reason {
    code: &'static str,
    sentence: String,
}

impl From<Explanation> for Shown {
    fn from(explanation: Explanation) -> Self {
        let Explanation { user, allowed, license, features, reasons, .. } = explanation;
        let reasons = reasons.into_iter().map(|reason| Reason { code: reason.code, sentence: reason.sentence });
        let (user, address) = (user.id, user.primary.to_string());
        Self { user, address, allowed, license, features, reasons: reasons.collect() }
    }
}

/// Answers; the exit code is 0 for yes and for no.
pub async fn run(host: &mut Host, asked: Explain) -> Done {
    let Explain { user, feature, application } = &asked;
    let application = application.as_deref().map(parse).transpose()?;
    let named = feature.as_deref().map(Feature::parse).transpose().map_err(|bad| Failure::usage(bad.to_string()))?;
    let answer = host.service.explain(&host.cx, user, application, named).await?;
    let shown = Shown::from(answer);
    if host.output.is_json() {
        return host.output.one(&shown, &[]);
    }
    let what = match (feature, application) {
        (Some(feature), Some(_)) => format!("use {feature} in this application"),
        (Some(feature), None) => format!("use {feature}"),
        (None, Some(_)) => "enter this application".to_owned(),
        (None, None) => "sign in".to_owned(),
    };
    let (answer, may) = if shown.allowed { ("Yes", "may") } else { ("No", "may not") };
    host.output.text(&format!("{answer}: {} {may} {what}, because", shown.address))?;
    for reason in &shown.reasons {
        host.output.text(&format!("  - {} ({})", reason.sentence, reason.code))?;
    }
    let features: Vec<&str> = shown.features.iter().map(Feature::as_str).collect();
    match features.as_slice() {
        [] => Ok(()),
        some => host.output.text(&format!("{} grants {}.", shown.license, some.join(", "))),
    }
}
