//! Finding a person without naming their account.

use access::authority::Action;
use access::{Email, Invitation, Refusal, User, UserId};

use crate::{Context, Error, Service};

impl Service {
    /// The person an id or an address belongs to, within the caller's reach; others look unknown (rule 28).
    ///
    /// **Permission**: [`Action::ViewUsers`] over their account, or over the deployment.
    pub async fn find_user(&self, cx: &Context, person: &str) -> Result<User, Error> {
        for read in self.reaches(cx, Action::ViewUsers) {
            let found = match (person.parse::<UserId>(), Email::parse(person)) {
                (Ok(id), _) => read.user(id).await?,
                (_, Ok(address)) => read.user_by_address(address.key()).await?,
                _ => None,
            };
            if let Some(user) = found {
                return Ok(user);
            }
        }
        Err(Refusal::UnknownUser(person.to_owned()).into())
    }

    /// The open invitations of an address within the caller's reach (rule 14).
    ///
    /// **Permission**: [`Action::ViewUsers`] over their account, or over the deployment.
    pub async fn open_invitations(&self, cx: &Context, address: &Email) -> Result<Vec<Invitation>, Error> {
        let mut found = Vec::new();
        for read in self.reaches(cx, Action::ViewUsers) {
            found.extend(read.open_invitations(address.key()).await?);
        }
        Ok(found)
    }
}
