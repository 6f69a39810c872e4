//! `carillon user sessions` and `user end-session`: where somebody is signed in with a browser.

use jiff::Timestamp;
use serde::Serialize;
use service::Session;
use uuid::Uuid;

use super::Host;
use super::user::Member;
use crate::output::Done;

/// A session as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    created: Timestamp,
    last_used: Timestamp,
    expires: Timestamp,
    methods: String,
    user_agent: Option<String>,
    remote: Option<String>,
}

const HEADINGS: &[&str] = &["ID", "BEGAN", "LAST USED", "ENDS", "METHODS", "FROM", "BROWSER"];

impl From<Session> for Shown {
    fn from(session: Session) -> Self {
        let known = |member: &str| session.device.as_ref()?.get(member)?.as_str().map(str::to_owned);
        Self {
            user_agent: known("user_agent"),
            remote: known("remote"),
            id: session.id.to_string(),
            created: session.created,
            last_used: session.last_used,
            expires: session.expires,
            methods: session.methods,
        }
    }
}

impl Shown {
    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.created.to_string(),
            self.last_used.to_string(),
            self.expires.to_string(),
            self.methods.clone(),
            self.remote.clone().unwrap_or_default(),
            self.user_agent.clone().unwrap_or_default(),
        ]
    }
}

/// Shows those that hold.
pub async fn list(host: &mut Host, of: &Member) -> Done {
    let (account, id) = host.member(&of.user, of.account.as_deref()).await?;
    let sessions = host.service.user_sessions(&host.cx, account, &id).await?;
    let sessions: Vec<_> = sessions.into_iter().map(Shown::from).collect();
    host.output.list(&sessions, HEADINGS, Shown::cells)
}

/// Ends one.
pub async fn end(host: &mut Host, of: &Member, session: Uuid) -> Done {
    let (account, id) = host.member(&of.user, of.account.as_deref()).await?;
    host.service.end_user_session(&host.cx, account, id, session).await?;
    host.output.text("The session has ended.")
}
