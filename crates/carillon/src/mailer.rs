//! From settings to the mail server.

use std::time::Duration;

use url::Url;
use worker::smtp::{Security, Smtp, SmtpSettings};

use crate::failure::Failure;
use crate::settings::{Settings, SmtpTls};

/// The mail server that the settings name, if they name one.
pub fn mailer(settings: &Settings, base_url: &Url) -> Result<Option<Smtp>, Failure> {
    let smtp = &settings.smtp;
    let Some(host) = smtp.host.clone() else { return Ok(None) };
    let missing = |name: &str, why: &str| Failure::usage(format!("the setting smtp.{name} is missing: {why}"));
    let from = smtp.from.clone().ok_or_else(|| missing("from", "say whom mails come from"))?;
    let login = match (&smtp.user, &smtp.password) {
        (None, None) => None,
        (Some(user), Some(password)) => Some((user.clone(), password.clone())),
        (Some(_), None) => return Err(missing("password", "smtp.user needs it")),
        (None, Some(_)) => return Err(missing("user", "smtp.password needs it")),
    };
    let read = |path: &std::path::PathBuf| {
        std::fs::read(path)
            .map_err(|error| Failure::usage(format!("the setting smtp.ca_file names {}: {error}", path.display())))
    };
    let settings = SmtpSettings {
        host,
        port: smtp.port,
        security: match smtp.tls {
            SmtpTls::StartTls => Security::StartTls,
            SmtpTls::Implicit => Security::Implicit,
            SmtpTls::None => Security::None,
        },
        authority: smtp.ca_file.as_ref().map(read).transpose()?,
        login,
        hello: smtp.hello.clone().unwrap_or_else(|| base_url.host_str().unwrap_or("localhost").to_owned()),
        from,
        bounces: smtp.bounces.clone(),
        timeout: Duration::from_secs(smtp.timeout_seconds.max(1)),
        attempts: smtp.attempts.max(1),
    };
    Smtp::new(settings).map(Some).map_err(|error| Failure::usage(error.to_string()))
}
