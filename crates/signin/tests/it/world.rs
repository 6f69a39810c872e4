//! People with passwords, and what they do to sign in.

use access::authority::Caller;
use access::{AccountId, Email, User};
use carillon_signin::attempt::{Due, Wanted, Went};
use carillon_signin::sessions::Browser;
use carillon_signin::{Error, SignIn};
use service::testing::World;
use service::{Context, Door, PageRequest, Register};
use totp_rs::{Algorithm, Builder, Secret};
use uuid::Uuid;

pub const PASSWORD: &str = "seven purple wombats";

/// The flows over a world.
pub struct Flows {
    pub world: World,
    pub signin: SignIn,
}

/// Runs a test over both engines.
pub fn on_both<T: Future<Output = ()>>(test: impl Fn(Flows) -> T) {
    service::testing::on_both_engines(|world| {
        let signin = SignIn::new(world.service.clone());
        test(Flows { world, signin })
    });
}

pub fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

pub fn refused<T>(answer: Result<T, Error>) -> &'static str {
    match answer {
        Err(Error::Refused(refusal)) => refusal.code(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was not refused"),
    }
}

impl Flows {
    pub fn cx(&self) -> Context {
        self.world.service.context(Caller::Visitor, Door::Pages, Uuid::nil(), Some([192, 0, 2, 7].into()))
    }

    /// Somebody who registered by themselves.
    pub async fn registered(&self, address: &str) -> User {
        let service = &self.world.service;
        service.request_registration(&self.cx(), &email(address)).await.expect("the usual answer");
        let mails =
            service.list_mails(&self.world.host(), PageRequest { after: None, limit: 100 }).await.expect("mails");
        let mail = mails.items.into_iter().map(|view| view.mail).find(|mail| mail.to == address).expect("a mail");
        let link = mail.text.lines().map(str::trim).find(|line| line.starts_with("http")).expect("a link");
        let token = link.rsplit('/').next().expect("a token");
        let register = Register { name: "Ada".to_owned(), password: PASSWORD.to_owned() };
        service.register(&self.cx(), token, register).await.expect("a person").user
    }

    /// An account that has verified a domain.
    pub async fn enterprise(&self, domain: &str) -> AccountId {
        let (service, host) = (&self.world.service, self.world.host());
        let account = service.create_account(&host, "Corp".to_owned()).await.expect("an account").id;
        let domain = access::Domain::parse(domain).expect("a domain");
        service.vouch_domain(&host, account, domain).await.expect("a verified domain");
        account
    }

    /// From now on members prove two factors.
    pub async fn require(&self, account: AccountId) {
        let update = service::AccountUpdate { second_factor: Some(true), ..Default::default() };
        self.world.service.update_account(&self.world.host(), account, update).await.expect("an account");
    }

    pub async fn password(&self, address: &str, password: &str) -> Result<Went, Error> {
        let wanted = Wanted { then: Some("/there".to_owned()), two_factors: false };
        let browser = Browser::default();
        self.signin.with_password(&self.cx(), &email(address), password.to_owned(), wanted, browser).await
    }

    pub async fn code(&self, attempt: &str, code: &str) -> Result<Went, Error> {
        self.signin.with_code(&self.cx(), attempt, code, Browser::default()).await
    }

    /// Signs in with one factor.
    pub async fn session(&self, address: &str) -> String {
        entered(self.password(address, PASSWORD).await).0
    }

    /// The methods of a session that holds.
    pub async fn methods(&self, cookie: &str) -> Option<String> {
        self.signin.session(cookie, None).await.expect("an answer").map(|session| session.methods)
    }

    /// What the code of a key is now.
    pub fn now(&self, key: &str) -> String {
        let secret = Secret::try_from_base32(key.replace(' ', "")).expect("a key");
        let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_secret(secret).with_account_name("x").build();
        let at = self.world.service.clock().now().as_second();
        totp.expect("one-time passwords").generate(u64::try_from(at).unwrap()).to_string()
    }

    /// Sets one-time passwords up for who is signed in: the key and the recovery codes.
    pub async fn add_codes(&self, session: &str) -> (String, Vec<String>) {
        let (attempt, setup) = self.signin.begin_codes(&self.cx(), session).await.expect("a key");
        let code = self.now(&setup.key);
        let codes = self.signin.add_codes(&self.cx(), session, &attempt, &code).await.expect("recovery codes");
        (setup.key, codes)
    }

    /// The key that whoever must set codes up is told.
    pub async fn key(&self, attempt: &str) -> String {
        match self.signin.due(&self.cx(), attempt).await.expect("a step") {
            Due::SetUp(setup) => setup.key,
            other => panic!("{other:?}"),
        }
    }

    pub async fn suspend(&self, account: AccountId, user: &User) {
        let ids = vec![user.id.to_string()];
        let done = self.world.service.suspend(&self.world.host(), account, ids, None, None).await.expect("an answer");
        done.into_iter().for_each(|one| drop(one.expect("suspended")));
    }

    pub async fn activate(&self, account: AccountId, user: &User) {
        let ids = vec![user.id.to_string()];
        let done = self.world.service.activate(&self.world.host(), account, ids).await.expect("an answer");
        done.into_iter().for_each(|one| drop(one.expect("active")));
    }

    /// The account a person is in.
    pub async fn member_of(&self, user: &User) -> Option<AccountId> {
        let read = self.world.service.store().read(store::Scope::Public);
        let now = read.user(user.id).await.expect("an answer").expect("a person");
        now.membership.map(|membership| membership.account)
    }

    /// The same person comes from a Team to no account, on the domain of an account of which they are no member yet.
    pub async fn left_for(&self, user: &User, domain: &str) -> AccountId {
        let (service, host) = (&self.world.service, self.world.host());
        let team = service.create_account(&host, "Team".to_owned()).await.expect("an account").id;
        let address = user.primary.as_typed();
        service.invite(&host, team, access::address::split_list(address)).await.expect("answers");
        let mails = service.list_mails(&host, PageRequest { after: None, limit: 100 }).await.expect("mails").items;
        let text = mails.into_iter().map(|view| view.mail.text).find(|text| text.contains("/invitations/"));
        let text = text.expect("an invitation");
        let token = text.split("/invitations/").nth(1).and_then(|rest| rest.split_whitespace().next());
        let answer = service::Accept { name: "Ada".to_owned(), password: PASSWORD.to_owned(), leave: false };
        service.accept(&self.cx(), token.expect("a token"), answer).await.expect("accepted");
        let account = self.enterprise(domain).await;
        let oneself = service.context(Caller::Oneself(user.id), Door::Pages, Uuid::nil(), None);
        service.leave(&oneself).await.expect("they left");
        account
    }

    /// Which mails about changes of how they sign in somebody got.
    pub async fn told(&self, address: &str) -> usize {
        let page = PageRequest { after: None, limit: 100 };
        let mails = self.world.service.list_mails(&self.world.host(), page).await.expect("mails").items;
        let mails = mails.into_iter().map(|view| view.mail).filter(|mail| mail.to == address);
        mails.filter(|mail| mail.subject.contains("How you sign in")).count()
    }
}

/// The session's cookie, where to go, and recovery codes.
pub fn entered(went: Result<Went, Error>) -> (String, Option<String>, Vec<String>) {
    match went {
        Ok(Went::In { began, then, codes }) => (began.cookie, then, codes),
        Ok(Went::On(_)) => panic!("another step is due"),
        Ok(Went::Confirmed) => panic!("a directory is linked, and that is all"),
        Err(error) => panic!("{error}"),
    }
}

/// The cookie of the next step.
pub fn on(went: Result<Went, Error>) -> String {
    match went {
        Ok(Went::On(cookie)) => cookie,
        Ok(Went::In { .. }) => panic!("they are signed in"),
        Ok(Went::Confirmed) => panic!("a directory is linked, and that is all"),
        Err(error) => panic!("{error}"),
    }
}
