//! The host: a command with the data open, and the words by which people name accounts and users.

use access::authority::{Caller, Over};
use access::id::uuid_v7;
use access::{Account, AccountId, Email, Refusal, User, UserId};
use serde::Serialize;
use service::{
    AccountFilter, Context, Counted, Door, Effects, MailView, OutboxEntry, OutboxFilter, OutboxState, Outcomes,
    PageRequest, Service, UserFilter, UserView,
};
use store::Store;

use super::user::Members;
use super::views::{Answer, UserFacts};
use crate::failure::Failure;
use crate::open::{Opened, open_existing};
use crate::output::{Done, Output, progress, remark};
use crate::settings::Settings;

/// How many rows are asked for at once.
const PAGE: u64 = 200;

/// A command at work.
pub struct Host {
    /// The verbs.
    pub service: Service,
    /// This command as a request: from the host, now.
    pub cx: Context,
    /// Where the answer goes.
    pub output: Output,
    store: Store,
}

impl Host {
    /// Opens the data of a server that has been started at least once.
    pub async fn open(settings: &Settings, output: Output) -> Result<Self, Failure> {
        let Opened { store, service } = open_existing(settings).await?;
        let cx = context(&service, Caller::Host, Door::Cli);
        Ok(Self { service, cx, output, store })
    }

    /// From here on nothing is changed, only looked what would come of it.
    pub fn preview(&mut self, preview: bool) {
        if preview {
            self.cx = self.cx.clone().previewing();
            self.cx.terms.effects = Some(Counted::default());
        }
    }

    /// Lets the data go.
    pub async fn close(self) {
        self.store.close().await;
    }

    /// The same request, from a person who acts for themselves.
    pub fn as_person(&self, id: UserId) -> Context {
        Context { caller: Caller::Oneself(id), ..self.cx.clone() }
    }

    /// After a preview: what would have happened to people.
    pub fn effects(&self) {
        if let Some(counted) = &self.cx.terms.effects {
            let Effects { joined, left, signed_out, mails } = counted.effects();
            let mails: u64 = mails.values().sum();
            remark(&format!(
                "Nothing was changed. It would be: {joined} joined, {left} left, {signed_out} signed out, {mails} mails."
            ));
        }
    }

    /// An account by its id or its name.
    pub async fn account(&self, text: &str) -> Result<AccountId, Failure> {
        if let Ok(id) = text.parse() {
            return Ok(id);
        }
        let (named, _) = self.accounts(Some(text.to_owned()), None, usize::MAX).await?;
        let named: Vec<AccountId> =
            named.iter().filter(|account| account.name == text).map(|account| account.id).collect();
        match named.as_slice() {
            [one] => Ok(*one),
            [] => Err(Refusal::UnknownAccount(format!("\"{text}\"")).into()),
            several => {
                let ids: Vec<String> = several.iter().map(AccountId::to_string).collect();
                Err(Failure::usage(format!(
                    "several accounts are called \"{text}\"; name one by its id: {}",
                    ids.join(", ")
                )))
            }
        }
    }

    /// What a role, key, token or application is over: an account, or the deployment.
    pub async fn over(&self, account: Option<&str>) -> Result<Over, Failure> {
        match account {
            Some(account) => Ok(Over::Account(self.account(account).await?)),
            None => Ok(Over::Deployment),
        }
    }

    /// Accounts up to a number, and whether there are more.
    pub async fn accounts(
        &self,
        name: Option<String>,
        user: Option<Email>,
        most: usize,
    ) -> Result<(Vec<Account>, bool), Failure> {
        let filter = AccountFilter { name_prefix: name, user_address: user };
        collect(most, async |page| self.service.list_accounts(&self.cx, filter.clone(), page).await).await
    }

    /// People and open invitations up to a number, and whether there are more.
    pub async fn users(
        &self,
        account: AccountId,
        filter: &UserFilter,
        most: usize,
    ) -> Result<(Vec<UserView>, bool), Failure> {
        collect(most, async |page| self.service.list_users(&self.cx, account, filter.clone(), page).await).await
    }

    /// The newest mails up to a number, and whether there are more.
    pub async fn mails(&self, most: usize) -> Result<(Vec<MailView>, bool), Failure> {
        collect(most, async |page| self.service.list_mails(&self.cx, page).await).await
    }

    /// The newest rows of the outbox up to a number, and whether there are more.
    pub async fn outbox(&self, state: Option<OutboxState>, most: usize) -> Result<(Vec<OutboxEntry>, bool), Failure> {
        let filter = OutboxFilter { state, ..OutboxFilter::default() };
        collect(most, async |page| self.service.list_outbox(&self.cx, &filter, page).await).await
    }

    /// A person, wherever they are.
    pub async fn person(&self, text: &str) -> Result<User, Failure> {
        Ok(self.service.find_user(&self.cx, text).await?)
    }

    /// Persons' ids, wherever they are. Who is unknown keeps the text, so that the answer names it.
    pub async fn ids(&self, users: &[String]) -> Result<Vec<String>, Failure> {
        let mut ids = Vec::with_capacity(users.len());
        for text in users {
            let found = self.service.find_user(&self.cx, text).await;
            ids.push(found.map_or_else(|_| text.clone(), |found| found.id.to_string()));
        }
        Ok(ids)
    }

    /// A person or open invitation within an account; without one, within the account the person is a member of, or
    /// the only one that has invited them.
    pub async fn member(&self, text: &str, account: Option<&str>) -> Result<(AccountId, String), Failure> {
        let Some(account) = account else { return self.home(text).await };
        let account = self.account(account).await?;
        let Ok(address) = Email::parse(text) else { return Ok((account, text.to_owned())) };
        let filter = UserFilter { address: Some(address), ..UserFilter::default() };
        let page = PageRequest { after: None, limit: 1 };
        let found = self.service.list_users(&self.cx, account, filter, page).await?;
        let id = found.items.into_iter().next().map_or_else(|| text.to_owned(), |view| view.id);
        Ok((account, id))
    }

    async fn home(&self, text: &str) -> Result<(AccountId, String), Failure> {
        let person = match self.person(text).await {
            Ok(User { id, membership: Some(membership), .. }) => return Ok((membership.account, id.to_string())),
            Err(failure) if !failure.is_about_one() => return Err(failure),
            person => person,
        };
        let invited = match Email::parse(text) {
            Ok(address) => self.service.open_invitations(&self.cx, &address).await?,
            Err(_) => Vec::new(),
        };
        match invited.as_slice() {
            [one] => Ok((one.account, one.id.to_string())),
            [] => person.and_then(|_| {
                Err(Failure::not_found(format!("{text} is a member of no account, and no account has invited them")))
            }),
            several => {
                let ids: Vec<String> = several.iter().map(|invitation| invitation.account.to_string()).collect();
                Err(Failure::usage(format!(
                    "several accounts have invited {text}; name one with --account: {}",
                    ids.join(", ")
                )))
            }
        }
    }

    /// Runs a verb on people, once for each account they are in, and says what each came to.
    pub async fn for_each<F>(&mut self, members: &Members, verb: F) -> Done
    where
        F: AsyncFn(&Service, &Context, AccountId, Vec<String>) -> Outcomes<UserView>,
    {
        self.for_each_saying(members, verb, |view| UserFacts::from(view).summary()).await
    }

    /// The same in other words.
    pub async fn for_each_saying<F>(&mut self, members: &Members, verb: F, say: fn(UserView) -> String) -> Done
    where
        F: AsyncFn(&Service, &Context, AccountId, Vec<String>) -> Outcomes<UserView>,
    {
        let mut answers: Vec<Option<Answer>> = members.users.iter().map(|_| None).collect();
        let mut batches: Vec<(AccountId, Vec<(usize, String)>)> = Vec::new();
        for (at, text) in members.users.iter().enumerate() {
            match self.member(text, members.account.as_deref()).await {
                Ok((account, id)) => match batches.iter_mut().find(|(of, _)| *of == account) {
                    Some((_, batch)) => batch.push((at, id)),
                    None => batches.push((account, vec![(at, id)])),
                },
                Err(failure) if members.users.len() == 1 || !failure.is_about_one() => return Err(failure),
                Err(failure) => answers[at] = Some(Answer::failed(text, &failure)),
            }
            progress("people looked up", at + 1, members.users.len());
        }
        for (account, batch) in batches {
            let (places, ids): (Vec<usize>, Vec<String>) = batch.into_iter().unzip();
            let outcomes = verb(&self.service, &self.cx, account, ids).await?;
            for (at, outcome) in places.into_iter().zip(outcomes) {
                answers[at] = Some(Answer::new(&members.users[at], outcome.map(say)));
            }
        }
        self.output_answers(&answers.into_iter().flatten().collect::<Vec<_>>())
    }

    /// Says what each person of a list came to.
    pub fn answers(&mut self, given: &[String], outcomes: Vec<Result<User, Refusal>>) -> Done {
        let at = self.cx.at;
        let answers = given.iter().zip(outcomes).map(|(text, outcome)| {
            Answer::new(text, outcome.map(|user| format!("{}, {}", user.status(at).name(), user.license)))
        });
        let answers: Vec<Answer> = answers.collect();
        self.output_answers(&answers)
    }

    /// Says what each came to; fails if any was refused.
    pub fn output_answers(&mut self, answers: &[Answer]) -> Done {
        if let ([Answer { refusal: Some(refusal), .. }], false) = (answers, self.output.is_json()) {
            return Err(refusal.clone().into());
        }
        self.output.list(answers, Answer::HEADINGS, Answer::cells)?;
        match answers.iter().filter(|answer| !answer.done).count() {
            0 => Ok(()),
            refused => Err(Failure::partly(refused, answers.len())),
        }
    }

    /// One line for people, or for programs the fact that it was done.
    pub fn said(&mut self, sentence: &str) -> Done {
        #[derive(Serialize)]
        struct Said {
            done: bool,
        }
        self.output.one(&Said { done: true }, &[(sentence, Some(String::new()))])
    }

    /// A remark beside the answer, for people only.
    pub fn remark(&self, text: &str) {
        if !self.output.is_json() {
            remark(text);
        }
    }

    /// Tells that a list was cut.
    pub fn more(&self, more: bool) {
        if more {
            remark("There are more; ask for them with --limit, or narrow the list.");
        }
    }
}

/// A request of Carillon itself, on the host.
pub fn host_context(service: &Service) -> Context {
    context(service, Caller::Host, Door::System)
}

/// A request of this process.
pub fn context(service: &Service, caller: Caller, door: Door) -> Context {
    let now = service.clock().now().as_millisecond().unsigned_abs();
    service.context(caller, door, uuid_v7(now, service.random().bytes()), None)
}

/// Asks for page after page until there are enough.
pub async fn collect<T>(
    most: usize,
    ask: impl AsyncFn(PageRequest) -> Result<service::Page<T>, service::Error>,
) -> Result<(Vec<T>, bool), Failure> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let limit = PAGE.min(most.saturating_sub(items.len()) as u64);
        let page = ask(PageRequest { after, limit }).await?;
        items.extend(page.items);
        after = page.next;
        if after.is_none() || items.len() >= most {
            return Ok((items, after.is_some()));
        }
    }
}
