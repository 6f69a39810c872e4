//! What a cookie or a token stands for, and who knows it.

use access::ApplicationId;
use futures::FutureExt;
use futures::future::BoxFuture;
use store::{Bearer, SessionFacts, Store, TokenHash};

/// Who knows what a cookie or a token stands for. The product's is [`Store`], which reads it for each answer; a benchmark
/// puts facts that never change behind the very same doors.
pub trait Known: Send + Sync {
    /// See [`Store::session`].
    fn session(
        &self,
        cookie: TokenHash,
        application: Option<ApplicationId>,
    ) -> BoxFuture<'_, Result<Option<SessionFacts>, store::Error>>;

    /// See [`Store::bearer`].
    fn bearer(&self, client: Option<TokenHash>, token: TokenHash) -> BoxFuture<'_, Result<Bearer, store::Error>>;
}

impl Known for Store {
    fn session(
        &self,
        cookie: TokenHash,
        application: Option<ApplicationId>,
    ) -> BoxFuture<'_, Result<Option<SessionFacts>, store::Error>> {
        async move { Store::session(self, &cookie, application).await }.boxed()
    }

    fn bearer(&self, client: Option<TokenHash>, token: TokenHash) -> BoxFuture<'_, Result<Bearer, store::Error>> {
        async move { Store::bearer(self, client.as_ref(), &token).await }.boxed()
    }
}
