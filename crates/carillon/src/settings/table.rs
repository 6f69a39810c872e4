//! Every setting by name, with the line that explains it. Flags, environment variables, `carillon config` and
//! `docs/configuration.md` all follow from this table.

/// One setting.
#[derive(Debug)]
pub struct Row {
    /// Its key in `carillon.toml`; a dot enters a table.
    pub key: &'static str,
    /// What it is for, in one line.
    pub doc: &'static str,
    /// How `carillon config` shows it.
    pub show: Show,
    /// A flag of every command; the others are flags of `serve` and `config` only.
    pub everywhere: bool,
}

/// How a value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// As it is.
    Plainly,
    /// A URL: without its password.
    WithoutPassword,
    /// Not at all.
    Never,
}

const fn row(key: &'static str, doc: &'static str) -> Row {
    Row { key, doc, show: Show::Plainly, everywhere: false }
}

/// The table, in the order in which it is shown.
pub const TABLE: &[Row] = &[
    Row { everywhere: true, ..row("data", "Folder for the database, the master key and carillon.toml") },
    row("listen", "Address and port to answer on; port 0 takes a free one"),
    row("base_url", "The URL people and programs reach this server by; links in mails start with it"),
    Row {
        everywhere: true,
        show: Show::WithoutPassword,
        ..row(
            "database_url",
            "Keep the facts in PostgreSQL 15 or newer at `postgres://...`; without it, in SQLite in the data folder",
        )
    },
    Row {
        everywhere: true,
        ..row(
            "allow_losing_changes",
            "Start on a database that may lose acknowledged changes, as with `fsync=off`; for trials, never where it matters",
        )
    },
    Row { show: Show::Never, ..row("master_key", "The key that seals secrets, 64 hexadecimal digits") },
    row("master_key_file", "File with the master key; made at the first start"),
    row("organisation", "Who runs this server, as pages and mails call it"),
    row(
        "trusted_proxies",
        "Addresses or networks of proxies, separated by commas, whose `X-Forwarded-For` is believed, and what they ask \
         `/check` about",
    ),
    row(
        "dns.servers",
        "DNS servers that are asked for TXT records, such as `192.0.2.53` or `192.0.2.53:5353`, separated by commas; \
         without them, those of `/etc/resolv.conf`",
    ),
    row("dns.timeout_seconds", "How long one look for a TXT record may take"),
    row("public_mail_domains", "File with the mail domains that nobody may claim, instead of the list that ships"),
    row(
        "outgoing_private",
        "Whether applications and identity providers may be reached in private networks; without it, if `base_url` is \
         on this machine",
    ),
    row(
        "directories_private",
        "Whether accounts' directories may be reached in private networks; without it, if `base_url` is on this machine",
    ),
    row("log.format", "`pretty` for people, `json` for machines"),
    row("log.level", "`error`, `warn`, `info`, `debug` or `trace`; or a filter such as `info,carillon_http=debug`"),
    row("passwords.memory_kib", "Memory of one argon2id hash, in KiB"),
    row("passwords.passes", "Passes of one argon2id hash over that memory"),
    row("passwords.lanes", "Lanes of one argon2id hash"),
    row("limits.body_bytes", "The longest body of a request, in bytes"),
    row("limits.head_seconds", "How long a client may take to send the head of a request, or be idle"),
    row("limits.body_seconds", "How long a client may take to send the body"),
    row("limits.answer_seconds", "How long an answer may take once the request is there"),
    row("limits.drain_seconds", "How long the server goes on answering after `SIGTERM`, while `/readyz` says no"),
    row("limits.shutdown_seconds", "How long running requests may go on after the server was told to stop"),
    row("limits.connections", "Connections at once; further ones wait"),
    row(
        "limits.connections_per_address",
        "Connections at once of each network address that is no trusted proxy; further ones are closed; 0 for no limit",
    ),
    row(
        "limits.requests",
        "Requests worked on at once; further ones are told to come again. Sign-ins that wait take half of these at most",
    ),
    row("limits.per_credential", "Requests a second for each key or token; 0 for no limit"),
    row("limits.per_address", "Requests a second for each network address; 0 for no limit"),
    row(
        "limits.forms_per_minute",
        "Forms a minute (invitation, registration, forgotten password) for each network address; 0 for no limit",
    ),
    row(
        "limits.sign_in_forms_per_minute",
        "Forms a minute of signing in, two or three for each time, and of people's own pages, for each network address; 0 \
         for no limit",
    ),
    row(
        "limits.mails_per_account_per_day",
        "Invitations that an account's administrators may have mailed in a day (UTC); 0 for no limit",
    ),
    row("smtp.host", "The mail server that takes mails; without it they are kept, for `carillon mail`"),
    row("smtp.port", "Its port; without it 465, 587 or 25, as `smtp.tls` says"),
    row("smtp.tls", "`starttls`, `implicit`, or `none`, which is for a mail server on this machine only"),
    row("smtp.ca_file", "File with a certificate authority (PEM) to trust for it beside the system's"),
    row("smtp.user", "Whom to log in as; without it there is no login"),
    Row { show: Show::Never, ..row("smtp.password", "The password of `smtp.user`") },
    row("smtp.from", "Whom mails come from, such as `Example <no-reply@example.org>`"),
    row("smtp.bounces", "The address that mail servers return mails to; without it, that of `smtp.from`"),
    row("smtp.hello", "How this machine introduces itself to the mail server; without it, by the name in `base_url`"),
    row("smtp.timeout_seconds", "How long each step with the mail server may take"),
    row("smtp.attempts", "How often a mail is tried, at growing intervals of up to 6 hours, before it is given up"),
    row(
        "metrics.listen",
        "Address and port of `GET /metrics`, without a login; administrators have it at `/api/v1/metrics`",
    ),
    row("mailbox", "Serve the page `/mail`, which shows every mail, to browsers on this machine"),
];

impl Row {
    /// `--log-format` for `log.format`.
    pub fn flag(&self) -> String {
        self.key.replace(['.', '_'], "-")
    }

    /// `CARILLON_LOG_FORMAT` for `log.format`.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.key.replace('.', "_").to_uppercase())
    }
}

/// What the environment variables start with.
pub const PREFIX: &str = "CARILLON_";

/// The setting that a misspelt name most likely meant, by its `name` (key, flag or variable).
pub fn nearest(misspelt: &str, name: impl Fn(&Row) -> String) -> Option<String> {
    let distance = |candidate: &String| strsim::damerau_levenshtein(misspelt, candidate);
    TABLE.iter().map(name).min_by_key(distance).filter(|candidate| distance(candidate) <= 3.max(misspelt.len() / 3))
}
