//! Rules 22 and 23: what a signed-in person asked for while their sessions were ended is not done.

use access::authority::Caller;
use service::{Context, Credential, Door, Error};
use uuid::Uuid;

use super::world::{Flows, PASSWORD, email, on_both, refused};

const ADA: &str = "ada@corp.example";

/// What a page was asked for by a session that held when the request came in.
async fn asked(flows: &Flows, what: &str, cx: &Context, session: Uuid) -> Result<(), Error> {
    let service = &flows.world.service;
    match what {
        "name" => service.rename_oneself(cx, "Eve").await.map(drop),
        "privacy" => service.set_private(cx, true).await.map(drop),
        "pin" => service.reset_own_pin(cx).await.map(drop),
        "password" => {
            let (former, new) = (PASSWORD.to_owned(), "seven copper lanterns".to_owned());
            service.change_password(cx, former, new, Some(session)).await
        }
        "address" => service.request_address(cx, &email("eve@example.net")).await,
        "application" => service.take_back(cx, access::ApplicationId(Uuid::nil())).await,
        "session" => service.end_own_session(cx, session).await,
        "everywhere" => service.sign_out_everywhere(cx).await,
        "leave" => service.leave(cx).await.map(drop),
        "delete" => service.erase_oneself(cx).await,
        other => panic!("{other}"),
    }
}

#[test]
fn what_was_asked_for_before_sessions_ended_is_not_done_after_it() {
    on_both(|flows| async move {
        let (service, host) = (&flows.world.service, flows.world.host());
        let corp = flows.enterprise("corp.example").await;
        let ada = flows.registered(ADA).await;
        let cookie = flows.session(ADA).await;
        let session = flows.signin.session(&cookie, None).await.expect("an answer").expect("a session").id;
        let cx = service.context(Caller::Oneself(ada.id), Door::Pages, Uuid::nil(), None);
        let cx = cx.with_credential(Credential::session(&cookie));
        asked(&flows, "name", &cx, session).await.expect("it holds");
        let ended = service.log_out(&host, corp, vec![ada.id.to_string()]).await.expect("an answer");
        ended.into_iter().for_each(|one| drop(one.expect("logged out")));
        let before = flows.world.dump().await;
        let all = ["name", "privacy", "pin", "password", "address", "application", "session", "everywhere", "leave"];
        for what in all.into_iter().chain(["delete"]) {
            assert_eq!(refused(asked(&flows, what, &cx, session).await), "sign-in-again", "{what}");
        }
        assert_eq!(flows.methods(&cookie).await, None, "nothing brings the session back");
        assert_eq!(flows.world.dump().await, before);
        // Nor what somebody who has another session does.
        let other = flows.session(ADA).await;
        let cx = cx.with_credential(Credential::session(&other));
        asked(&flows, "password", &cx, session).await.expect("changed");
        assert_eq!((flows.methods(&cookie).await, flows.methods(&other).await), (None, None));
    });
}
