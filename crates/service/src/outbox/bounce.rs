//! A mail that a mail server had taken comes back: somebody hands us the report (RFC 3464), and the mail is known by its
//! message id.

use access::authority::{Action, Over};
use access::{Refusal, change};
use futures::FutureExt;
use serde_json::json;
use store::OutboxEntry;

use super::{change_invitation, message_id};
use crate::authority::authority;
use crate::run::{Outcome, single};
use crate::{Context, Error, Service};

const VERB: &str = "outbox.bounce";
/// What is kept of a report without a status.
const CAME_BACK: &str = "the mail came back";

impl Service {
    /// Takes a report that a mail came back for good, as a mail server wrote it. `None` when it says nothing of the
    /// kind, or of no mail of ours. An invitation fails with its mail (rule 65).
    ///
    /// **Permission**: [`Action::ManageOutbox`] over the deployment.
    pub async fn mail_bounced(&self, cx: &Context, report: &str) -> Result<Option<OutboxEntry>, Error> {
        let key = self.settings().mail_key;
        let Some(id) = returned(report).filter_map(|id| message_id::read(id, &key)).next() else { return Ok(None) };
        let Some(why) = failed(report) else { return Ok(None) };
        let bounced = self.run(cx, VERB, move |w, stage| {
            let why = why.clone();
            async move {
                authority(w, stage, Action::ManageOutbox, Over::Deployment).await?;
                let mail = w.mail(id).await?.ok_or(Refusal::UnknownMail(id))?;
                let mut audit = vec![stage.noted(VERB, mail.account, mail.person, json!({ "mail": id }))];
                audit.extend(change_invitation(w, stage, VERB, &mail, |open| change::undelivered(open, &why)).await?);
                w.mail_came_back(id, &why).await?;
                let entry = w.mail(id).await?.ok_or(Refusal::UnknownMail(id))?;
                Ok(vec![Outcome { result: Ok(Some(entry)), audit, notices: vec![] }])
            }
            .boxed()
        });
        single(bounced.await)
    }
}

/// The message ids a report names: its own, and that of the mail it returns.
fn returned(report: &str) -> impl Iterator<Item = &str> {
    fields(report, "message-id").chain(fields(report, "references")).flat_map(str::split_whitespace)
}

/// Why the mail failed for good, in words that hold nothing of the report but a status code; `None` for a report about
/// a delay or a delivery (RFC 3464 section 2.3.3).
fn failed(report: &str) -> Option<String> {
    let mut actions = fields(report, "action").peekable();
    actions.peek()?;
    if !actions.any(|action| action.trim().eq_ignore_ascii_case("failed")) {
        return None;
    }
    let status = fields(report, "status").map(str::trim).find(|status| is_permanent(status));
    Some(status.map_or_else(|| CAME_BACK.to_owned(), |status| format!("{CAME_BACK}: {status}")))
}

/// `5.x.y` (RFC 3463 section 2).
fn is_permanent(status: &str) -> bool {
    let parts: Vec<&str> = status.split('.').collect();
    parts.len() == 3
        && parts[0] == "5"
        && parts.iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The values of a field wherever a line begins with its name: in the report, and in what it returns.
fn fields<'a>(report: &'a str, name: &'static str) -> impl Iterator<Item = &'a str> {
    report.lines().filter_map(move |line| {
        let (field, value) = line.split_once(':')?;
        field.trim().eq_ignore_ascii_case(name).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "Message-ID: <1@mx.example>\r\nContent-Type: multipart/report\r\n\r\n--b\r\n\r\n\
        Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\
        Diagnostic-Code: smtp; 550 5.1.1 <ada@example.org>: no such user\r\n\r\n--b\r\n\r\n\
        Message-ID: <7.abc@id.example.org>\r\n";

    #[test]
    fn a_report_of_a_failure_names_the_mail_and_the_status() {
        assert_eq!(returned(REPORT).collect::<Vec<_>>(), ["<1@mx.example>", "<7.abc@id.example.org>"]);
        assert_eq!(failed(REPORT).as_deref(), Some("the mail came back: 5.1.1"));
        assert_eq!(failed(&REPORT.replace("Status: 5.1.1", "Status: 5.1.1 ada@")).as_deref(), Some(CAME_BACK));
    }

    #[test]
    fn a_delay_or_any_other_mail_is_no_failure() {
        assert_eq!(failed(&REPORT.replace("Action: failed", "Action: delayed")), None);
        assert_eq!(failed("Subject: out of office\r\n\r\nMessage-ID: <7.abc@id.example.org>"), None);
    }
}
