//! What becomes of mails: in order, once, again, given up.

use std::sync::{Arc, Mutex};

use access::{AccountId, BaseLicense, Email, InvitationId};
use carillon_worker::Mailer;
use carillon_worker::delivery::{About, Delivery, Refused, deliver_one};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use service::testing::{World, on_both_engines};
use service::{Letter, OutboxEntry, OutboxFilter, OutboxState, PageRequest, Undelivered, UserFilter};

/// A mailer that notes what it is given, and answers as it is told.
#[derive(Default)]
struct Noting {
    sent: Mutex<Vec<Letter>>,
    answers: Mutex<Vec<Result<(), Refused>>>,
}

impl Noting {
    fn answers(&self, about: Option<About>) {
        let refused = |about| Refused { reason: "550 5.1.1".to_owned(), about };
        self.answers.lock().unwrap().push(about.map_or(Ok(()), |about| Err(refused(about))));
    }

    /// Receivers and subjects, and nothing is left.
    fn taken(&self) -> Vec<(String, String)> {
        let read = |letter: Letter| {
            let rendered = letter.rendered.unwrap();
            (rendered.to, rendered.subject)
        };
        std::mem::take(&mut *self.sent.lock().unwrap()).into_iter().map(read).collect()
    }
}

impl Mailer for Noting {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), Refused>> {
        async move {
            self.sent.lock().unwrap().push(letter.clone());
            self.answers.lock().unwrap().pop().unwrap_or(Ok(()))
        }
        .boxed()
    }

    fn lanes(&self) -> usize {
        1
    }

    fn attempts(&self) -> u32 {
        3
    }

    fn rest(&self) -> BoxFuture<'_, ()> {
        async {}.boxed()
    }
}

async fn deliver(world: &World, mailer: &Noting) -> Delivery {
    deliver_one(&world.service, mailer).await.unwrap()
}

async fn team(world: &World) -> AccountId {
    world.service.create_account(&world.host(), "Engines".to_owned()).await.unwrap().id
}

async fn invite(world: &World, account: AccountId, address: &str) -> InvitationId {
    let list = vec![(address.to_owned(), Email::parse(address))];
    let answer = world.service.invite(&world.host(), account, list).await.unwrap().remove(0);
    answer.result.unwrap().unwrap().id
}

async fn outbox(world: &World) -> Vec<OutboxEntry> {
    let all = PageRequest { after: None, limit: 100 };
    world.service.list_outbox(&world.host(), &OutboxFilter::default(), all).await.unwrap().items
}

/// The state and the reason that the account's list shows of its only line.
async fn shown(world: &World, account: AccountId) -> (String, Option<String>) {
    let all = PageRequest { after: None, limit: 10 };
    let listed = world.service.list_users(&world.host(), account, UserFilter::default(), all).await.unwrap();
    let view = listed.items.into_iter().next().unwrap();
    (view.invitation.unwrap().name().to_owned(), view.undelivered)
}

#[test]
fn what_one_person_is_told_arrives_in_order_and_others_do_not_wait() {
    on_both_engines(|world| async move {
        let (mailer, account) = (Noting::default(), team(&world).await);
        let ada = invite(&world, account, "ada@one.example").await;
        world.service.resend(&world.host(), account, vec![ada.to_string()]).await.unwrap();
        invite(&world, account, "bob@one.example").await;
        let lease = SignedDuration::from_mins(5);
        let first = world.service.take_mails(1, lease).await.unwrap().remove(0);
        assert_eq!(deliver(&world, &mailer).await, Delivery::Sent);
        assert_eq!(deliver(&world, &mailer).await, Delivery::Nothing, "her second mail waits for the first");
        assert_eq!(mailer.taken().into_iter().map(|(to, _)| to).collect::<Vec<_>>(), ["bob@one.example"]);
        let why = Undelivered { reason: "421".to_owned(), again: None };
        world.service.mail_failed(first.lease, why).await.unwrap();
        assert_eq!(deliver(&world, &mailer).await, Delivery::Sent);
        assert_eq!(mailer.taken().into_iter().map(|(to, _)| to).collect::<Vec<_>>(), ["ada@one.example"]);
    });
}

#[test]
fn many_nodes_deliver_each_mail_once() {
    on_both_engines(|world| async move {
        let (mailer, account) = (Arc::new(Noting::default()), team(&world).await);
        for n in 0..20 {
            invite(&world, account, &format!("person{n}@one.example")).await;
        }
        let node = async || while deliver(&world, &mailer).await == Delivery::Sent {};
        futures::join!(node(), node(), node(), node());
        // A node that found all others' mails locked has gone home; one is left to take the rest.
        node().await;
        let mut to: Vec<String> = mailer.taken().into_iter().map(|(to, _)| to).collect();
        to.sort();
        to.dedup();
        assert_eq!((to.len(), outbox(&world).await.iter().filter(|entry| entry.attempts == 1).count()), (20, 20));
    });
}

#[test]
fn a_node_that_dies_while_sending_leaves_a_mail_to_another_and_changes_nothing_later() {
    on_both_engines(|world| async move {
        let (mailer, account) = (Noting::default(), team(&world).await);
        invite(&world, account, "ada@one.example").await;
        let lease = SignedDuration::from_mins(5);
        let dead = world.service.take_mails(1, lease).await.unwrap().remove(0);
        assert_eq!(deliver(&world, &mailer).await, Delivery::Nothing, "leased");
        world.later(5);
        assert_eq!(deliver(&world, &mailer).await, Delivery::Sent);
        let again = mailer.sent.lock().unwrap().remove(0);
        assert_eq!(again.message_id, dead.message_id, "known again by who got both");
        assert_eq!((dead.lease.attempts, again.lease.attempts), (1, 2));
        assert!(!world.service.mail_delivered(dead.lease).await.unwrap());
        let why = Undelivered { reason: "550".to_owned(), again: None };
        world.service.mail_failed(dead.lease, why).await.unwrap();
        assert_eq!(outbox(&world).await[0].state, OutboxState::Delivered);
        assert_eq!(shown(&world, account).await, ("Pending".to_owned(), None));
    });
}

#[test]
fn an_invitation_fails_with_its_mail_and_is_pending_when_sent_again() {
    on_both_engines(|world| async move {
        let (mailer, account) = (Noting::default(), team(&world).await);
        let ada = invite(&world, account, "ada@one.example").await;
        mailer.answers(Some(About::MailForGood));
        deliver(&world, &mailer).await;
        assert_eq!(outbox(&world).await[0].state, OutboxState::Dead);
        assert_eq!(shown(&world, account).await, ("Failed".to_owned(), Some("550 5.1.1".to_owned())));
        world.service.retry_mails(&world.host(), vec![outbox(&world).await[0].id]).await.unwrap();
        assert_eq!(shown(&world, account).await.0, "Pending");
        mailer.answers(Some(About::MailForGood));
        deliver(&world, &mailer).await;
        assert_eq!(shown(&world, account).await.0, "Failed");
        world.service.resend(&world.host(), account, vec![ada.to_string()]).await.unwrap();
        assert_eq!(shown(&world, account).await, ("Pending".to_owned(), None));
        // What becomes of the former link's mail concerns nobody.
        world.service.discard_mails(&world.host(), vec![outbox(&world).await[1].id]).await.unwrap();
        assert_eq!(shown(&world, account).await.0, "Pending");
        assert_eq!(deliver(&world, &mailer).await, Delivery::Sent);
        let license = vec![(ada.to_string(), access::License::from(BaseLicense::Plus))];
        world.service.assign_license(&world.host(), account, license).await.unwrap();
    });
}

#[test]
fn a_mail_is_given_up_after_so_many_tries_whatever_the_fault() {
    on_both_engines(|world| async move {
        let (mailer, account) = (Noting::default(), team(&world).await);
        invite(&world, account, "ada@one.example").await;
        for (try_, state) in [(1, OutboxState::Waiting), (2, OutboxState::Waiting), (3, OutboxState::Dead)] {
            mailer.answers(Some(About::Server));
            assert_eq!(deliver(&world, &mailer).await, Delivery::ServerFailed);
            let entry = outbox(&world).await.remove(0);
            assert_eq!((entry.attempts, entry.state, entry.error.as_deref()), (try_, state, Some("550 5.1.1")));
            assert_eq!(deliver(&world, &mailer).await, Delivery::Nothing, "not at once");
            world.later(10);
        }
        assert_eq!(shown(&world, account).await.0, "Failed");

        // Who has it sent again gives it as many tries as it had.
        let id = outbox(&world).await[0].id;
        world.service.retry_mails(&world.host(), vec![id]).await.unwrap();
        for state in [OutboxState::Waiting, OutboxState::Waiting, OutboxState::Dead] {
            mailer.answers(Some(About::Server));
            assert_eq!(deliver(&world, &mailer).await, Delivery::ServerFailed);
            assert_eq!(outbox(&world).await[0].state, state);
            world.later(10);
        }
    });
}

#[test]
fn the_mail_of_a_link_that_leads_nowhere_is_not_sent() {
    on_both_engines(|world| async move {
        let (mailer, account) = (Noting::default(), team(&world).await);
        let ada = invite(&world, account, "ada@one.example").await;
        world.service.resend(&world.host(), account, vec![ada.to_string()]).await.unwrap();
        assert_eq!(deliver(&world, &mailer).await, Delivery::Sent);
        assert_eq!((mailer.taken().len(), shown(&world, account).await.0), (0, "Pending".to_owned()));
        let newest = outbox(&world).await.remove(0);
        assert_eq!(deliver(&world, &mailer).await, Delivery::Sent);
        assert_eq!((mailer.taken().len(), newest.error), (1, None));

        let bob = invite(&world, account, "bob@one.example").await;
        world.service.remove(&world.host(), account, vec![bob.to_string()]).await.unwrap();
        while deliver(&world, &mailer).await == Delivery::Sent {}
        assert_eq!(mailer.taken().len(), 0);
        let dead = outbox(&world).await.into_iter().filter(|entry| entry.state == OutboxState::Dead);
        let why: Vec<_> = dead.filter_map(|entry| entry.error).collect();
        assert_eq!(why, ["the invitation is over, or was sent anew"; 2]);
    });
}

#[test]
fn a_mail_that_comes_back_fails_its_invitation() {
    on_both_engines(|world| async move {
        let (mailer, account) = (Noting::default(), team(&world).await);
        invite(&world, account, "ada@one.example").await;
        deliver(&world, &mailer).await;
        let id = mailer.sent.lock().unwrap()[0].message_id.clone();
        let report = |id: &str| format!("Action: failed\nStatus: 5.1.1\n\nMessage-ID: <{id}>\n");
        let forged = id.replacen('.', ".0", 1);
        assert_eq!(world.service.mail_bounced(&world.host(), &report(&forged)).await.unwrap(), None);
        assert_eq!(shown(&world, account).await.0, "Pending");
        let back = world.service.mail_bounced(&world.host(), &report(&id)).await.unwrap().unwrap();
        assert_eq!(back.state, OutboxState::Dead);
        assert_eq!(shown(&world, account).await, ("Failed".to_owned(), Some("the mail came back: 5.1.1".to_owned())));
    });
}

#[test]
fn without_a_mail_server_mails_are_kept_and_can_be_sent_later() {
    on_both_engines(|world| async move {
        let (mailer, account) = (Noting::default(), team(&world).await);
        invite(&world, account, "ada@one.example").await;
        assert_eq!(world.service.keep_mails().await.unwrap(), 1);
        assert_eq!(deliver(&world, &mailer).await, Delivery::Nothing);
        let kept = outbox(&world).await.remove(0);
        assert_eq!(kept.state, OutboxState::Kept);
        world.service.retry_mails(&world.host(), vec![kept.id]).await.unwrap();
        assert_eq!(deliver(&world, &mailer).await, Delivery::Sent);
        let answers = world.service.retry_mails(&world.host(), vec![kept.id, 999]).await.unwrap();
        let codes: Vec<&str> = answers.iter().map(|answer| answer.as_ref().unwrap_err().code()).collect();
        assert_eq!(codes, ["mail-delivered", "unknown-mail"]);
    });
}

#[test]
fn mails_are_forgotten_after_a_month() {
    on_both_engines(|world| async move {
        let (mailer, account) = (Noting::default(), team(&world).await);
        invite(&world, account, "ada@one.example").await;
        deliver(&world, &mailer).await;
        world.later(30 * 24 * 60);
        world.service.forget_old_mails().await.unwrap();
        assert_eq!(outbox(&world).await.len(), 1);
        world.later(1);
        world.service.forget_old_mails().await.unwrap();
        assert_eq!(outbox(&world).await.len(), 0);

        invite(&world, account, "kept@one.example").await;
        world.service.keep_mails().await.unwrap();
        invite(&world, account, "dead@one.example").await;
        mailer.answers(Some(About::MailForGood));
        deliver(&world, &mailer).await;
        world.later(30 * 24 * 60 + 1);
        world.service.forget_old_mails().await.unwrap();
        assert_eq!(outbox(&world).await.len(), 0);
    });
}
