//! On which terms a change is made, whatever it is. The runner sees to them.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use access::{Account, Application, Catalog, Refusal};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::{KeptAnswer, Notice, Receiver, Record, TokenHash, Write};

use crate::facts::Facts;
use crate::run::Outcome;
use crate::{Context, Error};

/// How long a request may be repeated under its key.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What a request demands of the way its change is made.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Only if the thing is still as its tag says.
    pub only_if: Option<OnlyIf>,
    /// Once, however often it is asked for.
    pub once: Option<Once>,
    /// Where the effects of a preview are counted.
    pub effects: Option<Counted>,
}

/// Something that two people may want to change at once. Its tag names the facts they may change, as they are now.
pub trait Tagged {
    /// The facts behind the tag.
    fn tagged(&self) -> Facts;

    /// The tag.
    fn tag(&self) -> String {
        let Facts { plain, personal } = self.tagged();
        let digest = Sha256::digest(format!("{plain} {personal}"));
        digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Tagged for Account {
    fn tagged(&self) -> Facts {
        Facts::of_account(self)
    }
}

impl Tagged for Application {
    fn tagged(&self) -> Facts {
        Facts::of(self)
    }
}

impl Tagged for Catalog {
    fn tagged(&self) -> Facts {
        Facts::of(self)
    }
}

/// The tags that a change may find.
#[derive(Clone, Debug)]
pub struct OnlyIf {
    /// None at all: there must be nothing yet.
    tags: Vec<String>,
    compared: Arc<AtomicBool>,
}

impl OnlyIf {
    /// Any of these.
    pub fn tagged(tags: Vec<String>) -> Self {
        Self { tags, compared: Arc::default() }
    }

    /// Only where there is nothing yet.
    pub fn absent() -> Self {
        Self::tagged(Vec::new())
    }

    fn compare(&self, kept: impl FnOnce(&[String]) -> bool) -> Result<(), Refusal> {
        self.compared.store(true, Ordering::Relaxed);
        if kept(&self.tags) { Ok(()) } else { Err(Refusal::Outdated) }
    }
}

impl Terms {
    /// Before the verb: ends with the answer that the same request got already.
    pub(crate) async fn begin(&self, w: &mut Write, cx: &Context) -> Result<(), Error> {
        match &self.once {
            Some(once) if !cx.preview => once.before(w, cx.at).await,
            _ => Ok(()),
        }
    }

    /// Counts what a previewed change would have left in the trail and mailed.
    pub(crate) fn count<T>(&self, outcomes: &[Outcome<T>]) {
        if let Some(Counted(effects)) = &self.effects {
            let mut effects = effects.lock().unwrap_or_else(PoisonError::into_inner);
            outcomes.iter().for_each(|outcome| effects.count(&outcome.audit, &outcome.notices));
        }
    }

    /// Compares what a change finds, inside its transaction, with what its author has seen.
    pub(crate) fn found(&self, thing: &impl Tagged) -> Result<(), Refusal> {
        self.only_if.as_ref().map_or(Ok(()), |only_if| only_if.compare(|tags| tags.contains(&thing.tag())))
    }

    /// The same where a change makes what was not there.
    pub(crate) fn found_nothing(&self) -> Result<(), Refusal> {
        self.only_if.as_ref().map_or(Ok(()), |only_if| only_if.compare(<[String]>::is_empty))
    }

    /// Whether every term was kept; a verb that does not know one must not run past it.
    pub(crate) fn kept(&self) -> Result<(), Refusal> {
        match &self.only_if {
            Some(only_if) if !only_if.compared.load(Ordering::Relaxed) => {
                let why = "what is changed here has no tag; repeat the request without it".to_owned();
                let member = if only_if.tags.is_empty() { "If-None-Match" } else { "If-Match" };
                Err(Refusal::Invalid { member, why })
            }
            _ => Ok(()),
        }
    }
}

/// A request that named itself by a key.
#[derive(Clone)]
pub struct Once {
    caller: TokenHash,
    key: TokenHash,
    request: TokenHash,
    written: Arc<Writing>,
}

type Writing = dyn Fn(&dyn Any) -> Option<Vec<u8>> + Send + Sync;

impl Once {
    /// `request` is everything that was said. `written` turns the answers of the verb into what is kept and repeated;
    /// `None` when all was refused, which may be tried again.
    pub fn new<T: 'static>(
        caller: &str,
        key: &str,
        request: &str,
        written: impl Fn(&[Result<T, Refusal>]) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        let written = move |answers: &dyn Any| written(answers.downcast_ref::<Vec<Result<T, Refusal>>>()?);
        let [caller, key, request] = [caller, key, request].map(TokenHash::of);
        Self { caller, key, request, written: Arc::new(written) }
    }

    /// Ends with what the same request was answered before.
    async fn before(&self, w: &mut Write, at: Timestamp) -> Result<(), Error> {
        match w.kept_answer(&self.caller, &self.key, since(at)).await? {
            Some(kept) if kept.request == self.request => Err(Error::Repeated(kept.answer)),
            Some(_) => Err(Refusal::KeyReused.into()),
            None => Ok(()),
        }
    }

    /// What is kept of a verb's answers: nothing when all was refused.
    #[expect(clippy::ptr_arg, reason = "only what has a size is told apart by its type")]
    pub(crate) fn kept<T: 'static>(&self, answers: &Vec<Result<T, Refusal>>) -> Result<Option<KeptAnswer>, Error> {
        match (self.written)(answers) {
            Some(answer) => Ok(Some(KeptAnswer { request: self.request, answer })),
            None if answers.iter().all(Result::is_err) => Ok(None),
            None => Err(Error::Internal("the answers of this verb are not what its door expects".to_owned())),
        }
    }

    /// Keeps it, in the transaction of the change.
    pub(crate) async fn keep(&self, w: &mut Write, kept: &KeptAnswer, at: Timestamp) -> Result<(), Error> {
        Ok(w.keep_answer(&self.caller, &self.key, kept, at, since(at)).await?)
    }
}

/// Answers that are not newer are forgotten.
pub(crate) fn since(at: Timestamp) -> Timestamp {
    at.saturating_sub(KEPT).unwrap_or(at)
}

impl std::fmt::Debug for Once {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Once(..)")
    }
}

/// What a change does to people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Who joins an account.
    pub joined: u64,
    /// Who is no member any more.
    pub left: u64,
    /// Whose sessions end.
    pub signed_out: u64,
    /// Mails, by kind.
    pub mails: BTreeMap<String, u64>,
}

/// The effects of a preview, once it ran.
#[derive(Clone, Debug, Default)]
pub struct Counted(Arc<Mutex<Effects>>);

impl Counted {
    /// What the changes would have done.
    pub fn effects(&self) -> Effects {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Effects {
    fn count(&mut self, audit: &[Record], notices: &[Notice]) {
        for record in audit.iter().filter(|record| record.refusal.is_none()) {
            let had = |member| is_set(record.before.as_ref(), member);
            let has = |member| is_set(record.after.as_ref(), member);
            self.joined += u64::from(has("membership") && !had("membership"));
            self.left += u64::from(had("membership") && !has("membership"));
            self.signed_out += u64::from(had("epoch") && has("epoch"));
        }
        for notice in notices.iter().filter(|notice| notice.receiver == Receiver::Mail) {
            *self.mails.entry(notice.kind.clone()).or_default() += 1;
        }
    }
}

fn is_set(facts: Option<&Value>, member: &str) -> bool {
    facts.and_then(|facts| facts.get(member)).is_some_and(|value| !value.is_null())
}
