//! Unblock: the operator lets a person back (rule 18).

use access::User;
use access::authority::Action;
use access::change;
use futures::FutureExt;

use crate::run::Verb;
use crate::{Context, Outcomes, Service, block};

const VERB: Verb = Verb { name: "user.unblock", action: Action::Block };

impl Service {
    /// Lifts blocks. Sessions of before stay dead.
    ///
    /// **Permission**: `Block` over the deployment.
    pub async fn unblock(&self, cx: &Context, users: Vec<String>) -> Outcomes<User> {
        self.run(cx, VERB.name, move |w, stage| {
            let users = users.clone();
            async move { block::apply(w, stage, VERB, &users, change::unblock).await }.boxed()
        })
        .await
    }
}
