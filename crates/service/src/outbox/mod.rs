//! The outbox (rules 24 and 65): what the worker takes and reports, and what administrators see and do.
//!
//! | module | holds |
//! | --- | --- |
//! | `deliver` | taking mails under a lease, and writing down what came of them |
//! | `applications` | the same for what applications are told |
//! | `manage` | listing, sending again, discarding |
//! | `bounce` | mails that came back after a mail server had taken them |
//! | `message_id` | what a mail is called on its way, so that it is known again when it comes back |

mod applications;
mod bounce;
mod deliver;
mod manage;
mod message_id;

use access::{Invitation, InvitationId};
use store::{OutboxEntry, Record, Write};

use crate::Error;
use crate::facts::Facts;
use crate::run::Stage;

pub use applications::{Ended, Told};
pub use deliver::{Letter, Undelivered};

/// Changes the invitation that a mail carries, when it is the newest one to do so: what becomes of an older link
/// concerns nobody. Returns the record of it.
async fn change_invitation(
    w: &mut Write,
    stage: &Stage,
    verb: &'static str,
    mail: &OutboxEntry,
    change: impl Fn(&Invitation) -> Option<Invitation>,
) -> Result<Vec<Record>, Error> {
    let Some(account) = mail.account.filter(|_| mail.kind == "invitation") else { return Ok(vec![]) };
    let before = w.invitations(account, &[InvitationId(mail.person)]).await?.pop();
    let Some((before, after)) = before.and_then(|before| change(&before).map(|after| (before, after))) else {
        return Ok(vec![]);
    };
    if !w.is_newest_mail(mail.id, mail.person, &mail.kind).await? {
        return Ok(vec![]);
    }
    let facts = (Facts::of_invitation(&before), Facts::of_invitation(&after));
    w.save_invitations(&[(after, None)]).await?;
    Ok(vec![stage.changed(verb, Some(account), mail.person, &facts.0, &facts.1)])
}
