//! Accepting an invitation, where who is registered proves who they are by their password (rule 14).

use access::Refusal;
use service::{Accept, Accepted, Context};
use store::{Scope, TokenHash};

use crate::sessions::Browser;
use crate::{Error, SignIn};

impl SignIn {
    /// Accepts the invitation behind a mailed link. Who tries the password of somebody who is registered is slowed like who
    /// signs in (rule 76): a link is no way around.
    pub async fn accept(
        &self,
        cx: &Context,
        token: &str,
        answer: Accept,
        browser: &Browser,
    ) -> Result<Accepted, Error> {
        let read = self.service.store().read(Scope::Public);
        let invitation = read.invitation_by_token(&TokenHash::of(token)).await?;
        let registered = match &invitation {
            Some(invitation) => read.user_by_address(invitation.address.key()).await?,
            None => None,
        };
        let registered = registered.filter(|user| user.registered.is_some());
        let held = match (&invitation, &registered) {
            (Some(invitation), Some(user)) => {
                Some(self.slow(cx, Some(&invitation.address), Some(user.id), browser).await?)
            }
            _ => None,
        };
        let accepted = self.service.accept(cx, token, answer).await;
        if let (Some(held), Ok(_) | Err(Error::Refused(Refusal::MustLeaveTeam))) = (held, &accepted) {
            held.right();
        }
        accepted
    }
}

#[cfg(test)]
mod tests {
    use access::address::split_list;
    use access::authority::Caller;
    use access::{AccountId, Email};
    use service::testing::{World, on_both_engines};
    use service::{Door, PageRequest, Register};

    use super::*;
    use crate::throttle::Tried;

    const ADDRESS: &str = "ada@example.org";
    const PASSWORD: &str = "seven purple wombats";

    fn visitor(world: &World) -> Context {
        world.service.context(Caller::Visitor, Door::Pages, uuid::Uuid::nil(), Some([192, 0, 2, 7].into()))
    }

    /// The token of the link in the newest mail.
    async fn mailed(world: &World) -> String {
        let page = PageRequest { after: None, limit: 1 };
        let mail = world.service.list_mails(&world.host(), page).await.unwrap().items.pop().unwrap().mail;
        let link = mail.text.lines().map(str::trim).find(|line| line.starts_with("http")).unwrap();
        link.rsplit('/').next().unwrap().to_owned()
    }

    async fn invited(world: &World, account: AccountId) -> String {
        world.service.invite(&world.host(), account, split_list(ADDRESS)).await.unwrap();
        mailed(world).await
    }

    #[test]
    fn who_tries_passwords_by_an_invitation_is_slowed_like_who_signs_in() {
        on_both_engines(|world| async move {
            let (service, signin) = (&world.service, SignIn::new(world.service.clone()));
            let address = Email::parse(ADDRESS).unwrap();
            service.request_registration(&visitor(&world), &address).await.unwrap();
            let register = Register { name: "Ada".to_owned(), password: PASSWORD.to_owned() };
            service.register(&visitor(&world), &mailed(&world).await, register).await.unwrap();
            let team = service.create_account(&world.host(), "Engines".to_owned()).await.unwrap().id;
            let token = invited(&world, team).await;
            let accept = async |password: &str| {
                let answer = Accept { name: String::new(), password: password.to_owned(), leave: false };
                signin.accept(&visitor(&world), &token, answer, &Browser::default()).await
            };
            // How long the next try of theirs would wait.
            let next = || {
                let cx = visitor(&world);
                let tried = Tried { address: Some(&address), user: None, remote: cx.remote, browser: None };
                signin.throttle.tried(&tried, cx.at).unwrap().wait.as_millis()
            };
            for _ in 0..5 {
                let refused = accept("another password").await;
                assert!(matches!(refused, Err(Error::Refused(Refusal::WrongCredentials))), "{refused:?}");
            }
            assert_eq!(next(), 250);
            assert!(accept(PASSWORD).await.is_ok());
            assert_eq!(next(), 0, "forgiven");
        });
    }
}
