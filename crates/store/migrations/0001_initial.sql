-- Everything Carillon knows. One text for SQLite and PostgreSQL; the words in braces are the only differences:
--   {uuid}           BLOB of 16 bytes | UUID
--   {bytes}          BLOB | BYTEA
--   {key}            TEXT, compared byte by byte: plain on SQLite, COLLATE "C" on PostgreSQL
--   {serial}         a number that grows with each row
--   {without_rowid}  SQLite: the table is its primary key's tree
-- Times are milliseconds since 1970 in UTC. Words in CHECK lists are the names in crates/access.
-- Never edit a migration that was released: add another file. A test freezes its hash.

-- What is set for the whole deployment (rule 59): one row.
CREATE TABLE deployment_settings (
  id                      BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
  business_calling_bucket TEXT,
  voice_connector_bucket  TEXT
) {without_rowid};
INSERT INTO deployment_settings (id) VALUES (1);

-- Organisations (rules 3, 8, 10). second_factor: members prove two factors when they sign in (rule 80). name_key: folded in Rust, for search by prefix. Settings and names of delegate groups
-- (rule 59) are JSON: nothing is looked for in them.
CREATE TABLE accounts (
  id              {uuid} NOT NULL PRIMARY KEY,
  name            TEXT NOT NULL,
  name_key        {key} NOT NULL,
  kind            TEXT NOT NULL CHECK (kind IN ('Team', 'EnterpriseLWA', 'EnterpriseDirectory', 'EnterpriseOIDC')),
  default_license TEXT NOT NULL CHECK (default_license IN ('Basic', 'Plus', 'Pro')),
  trials          BOOLEAN NOT NULL,
  second_factor   BOOLEAN NOT NULL,
  created         BIGINT NOT NULL,
  deleted         BIGINT,
  settings        TEXT NOT NULL,
  delegate_groups TEXT NOT NULL
) {without_rowid};
CREATE INDEX accounts_by_name ON accounts (name_key, id);
CREATE INDEX accounts_deleted ON accounts (deleted, id) WHERE deleted IS NOT NULL;

-- Claimed domains (rule 4): many accounts may have one pending, one account has it verified. missing: since when the
-- record is gone; checked: when it was last looked for; vouched: by the host's word, without a record (rule 48).
CREATE TABLE domains (
  account_id {uuid} NOT NULL REFERENCES accounts (id),
  name       {key} NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('Pending', 'Verified')),
  txt_value  TEXT NOT NULL,
  created    BIGINT NOT NULL,
  verified   BIGINT,
  missing    BIGINT,
  checked    BIGINT,
  vouched    BOOLEAN NOT NULL,
  PRIMARY KEY (account_id, name),
  CHECK ((state = 'Verified') = (verified IS NOT NULL)),
  CHECK (state = 'Verified' OR (missing IS NULL AND checked IS NULL AND NOT vouched))
) {without_rowid};
CREATE UNIQUE INDEX domains_verified_once ON domains (name) WHERE state = 'Verified';
CREATE INDEX domains_by_check ON domains (checked) WHERE state = 'Verified' AND NOT vouched;

-- Who had verified a domain before and released it: their suspended leftovers pass to the next owner (rules 5 and 40).
CREATE TABLE former_owners (
  name       {key} NOT NULL,
  account_id {uuid} NOT NULL REFERENCES accounts (id),
  released   BIGINT NOT NULL,
  PRIMARY KEY (name, account_id)
) {without_rowid};

-- Seats (rule 12): a row only for a limited license.
CREATE TABLE seats (
  account_id {uuid} NOT NULL REFERENCES accounts (id),
  license    TEXT NOT NULL CHECK (license IN ('Basic', 'Plus', 'Pro')),
  capacity   BIGINT NOT NULL CHECK (capacity >= 0),
  used       BIGINT NOT NULL CHECK (used >= 0),
  PRIMARY KEY (account_id, license)
) {without_rowid};

-- People: independent facts, nothing derived. Each group of columns is set or empty as one. settings: JSON, empty for
-- who has none of their own (rule 59); nobody has somebody else's PIN (rule 60).
CREATE TABLE users (
  id               {uuid} NOT NULL PRIMARY KEY,
  address          TEXT NOT NULL,
  address_key      {key} NOT NULL,
  domain           {key} NOT NULL,
  display_name     TEXT,
  name_key         {key},
  registered       BIGINT,
  account_id       {uuid} REFERENCES accounts (id),
  member_origin    TEXT CHECK (member_origin IN ('Invitation', 'Domain', 'Directory', 'Scim', 'Administrator')),
  member_since     BIGINT,
  member_invited   BIGINT,
  suspended_by     {uuid},
  suspended_at     BIGINT,
  suspended_reason TEXT,
  suspended_until  BIGINT,
  blocked_by       {uuid},
  blocked_at       BIGINT,
  blocked_reason   TEXT,
  source_id        {key},
  source_enabled   BOOLEAN,
  source_license   TEXT CHECK (source_license IN ('Basic', 'Plus', 'Pro')),
  license          TEXT NOT NULL CHECK (license IN ('Basic', 'Plus', 'Pro')),
  license_origin   TEXT NOT NULL CHECK (license_origin IN ('Free', 'Default', 'Administrator', 'Group')),
  waiting_license  TEXT CHECK (waiting_license IN ('Basic', 'Plus', 'Pro')),
  waiting_since    BIGINT,
  trial_started    BIGINT,
  trial_until      BIGINT,
  private          BOOLEAN NOT NULL,
  pin              TEXT,
  settings         TEXT,
  created          BIGINT NOT NULL,
  epoch            BIGINT NOT NULL,
  CHECK ((account_id IS NULL) = (member_origin IS NULL) AND (account_id IS NULL) = (member_since IS NULL)),
  CHECK ((display_name IS NULL) = (name_key IS NULL)),
  CHECK ((source_id IS NULL) = (source_enabled IS NULL)),
  CHECK ((waiting_license IS NULL) = (waiting_since IS NULL))
) {without_rowid};
CREATE INDEX users_by_address ON users (account_id, address_key);
CREATE INDEX users_by_name ON users (account_id, name_key, id);
-- An account's list narrowed to some (rule 91), each in the order of addresses.
CREATE INDEX users_by_license ON users (account_id, license, address_key);
CREATE INDEX users_by_origin ON users (account_id, member_origin, address_key);
CREATE INDEX users_by_license_origin ON users (account_id, license_origin, address_key);
CREATE INDEX users_suspended ON users (account_id, address_key) WHERE suspended_at IS NOT NULL;
CREATE INDEX users_unregistered ON users (account_id, address_key) WHERE registered IS NULL;
CREATE INDEX users_who_wait ON users (account_id, address_key) WHERE waiting_license IS NOT NULL;
CREATE INDEX users_disabled ON users (account_id, address_key) WHERE NOT source_enabled;
CREATE INDEX users_by_domain ON users (domain, account_id, id);
CREATE INDEX users_waiting ON users (account_id, waiting_license, waiting_since, id) WHERE waiting_license IS NOT NULL;
CREATE UNIQUE INDEX users_pin_once ON users (pin) WHERE pin IS NOT NULL;
CREATE INDEX users_by_trial ON users (trial_until, id, account_id) WHERE trial_until IS NOT NULL;
CREATE UNIQUE INDEX users_source_once ON users (account_id, source_id) WHERE source_id IS NOT NULL;

-- Every address of every person, primary and secondary (rules 1 and 2).
CREATE TABLE addresses (
  key        {key} NOT NULL PRIMARY KEY,
  user_id    {uuid} NOT NULL REFERENCES users (id),
  typed      TEXT NOT NULL,
  domain     {key} NOT NULL,
  is_primary BOOLEAN NOT NULL
) {without_rowid};
CREATE INDEX addresses_by_user ON addresses (user_id);
CREATE INDEX addresses_further_by_domain ON addresses (domain) WHERE NOT is_primary;

-- Invitations (rule 14): one open per account and address.
CREATE TABLE invitations (
  id          {uuid} NOT NULL PRIMARY KEY,
  account_id  {uuid} NOT NULL REFERENCES accounts (id),
  address     TEXT NOT NULL,
  address_key {key} NOT NULL,
  domain      {key} NOT NULL,
  invited_by  {uuid},
  created     BIGINT NOT NULL,
  expires     BIGINT NOT NULL,
  license     TEXT CHECK (license IN ('Basic', 'Plus', 'Pro')),
  state       TEXT NOT NULL CHECK (state IN ('Pending', 'Accepted', 'Declined', 'Cancelled', 'Failed')),
  accepted_by {uuid} REFERENCES users (id),
  undelivered TEXT,
  token_hash  {bytes} NOT NULL UNIQUE,
  CHECK ((state = 'Accepted') = (accepted_by IS NOT NULL))
) {without_rowid};
CREATE UNIQUE INDEX invitations_open_once ON invitations (account_id, address_key) WHERE state = 'Pending';
CREATE INDEX invitations_open_by_address ON invitations (address_key) WHERE state = 'Pending';
CREATE INDEX invitations_open_by_domain ON invitations (domain) WHERE state = 'Pending';

-- Mailed links to register with (rule 15). Nothing else exists of the person before the link is used.
CREATE TABLE registrations (
  token_hash  {bytes} NOT NULL PRIMARY KEY,
  id          {uuid} NOT NULL,
  address     TEXT NOT NULL,
  address_key {key} NOT NULL,
  mailed      BOOLEAN NOT NULL,
  created     BIGINT NOT NULL,
  expires     BIGINT NOT NULL
) {without_rowid};
CREATE INDEX registrations_by_expiry ON registrations (expires);
CREATE INDEX registrations_by_address ON registrations (address_key);

-- Addresses that were typed, or named on the host, and that nobody has proved since (rule 57). Another address that a person
-- moves to is proved: the row says which one is not.
CREATE TABLE unproved_addresses (
  user_id     {uuid} NOT NULL PRIMARY KEY REFERENCES users (id),
  address_key {key} NOT NULL
) {without_rowid};

-- How many mails with a link of a kind an address got within the hour since the first of them (rules 52, 73 and 74).
CREATE TABLE link_mails (
  kind        TEXT NOT NULL CHECK (kind IN ('registration', 'password', 'address')),
  address_key {key} NOT NULL,
  since       BIGINT NOT NULL,
  sent        BIGINT NOT NULL,
  PRIMARY KEY (kind, address_key)
) {without_rowid};
CREATE INDEX link_mails_by_age ON link_mails (since);

-- Passwords, as PHC strings (argon2id).
CREATE TABLE passwords (
  user_id {uuid} NOT NULL PRIMARY KEY REFERENCES users (id),
  hash    TEXT NOT NULL,
  changed BIGINT NOT NULL
) {without_rowid};

-- What a member held over time, a row for each change of it; without a license the membership ended (rule 26). A
-- moment counts as suspended before suspended_until, as a trial before trial_until (rules 9 and 18).
CREATE TABLE license_history (
  id              {serial},
  user_id         {uuid} NOT NULL,
  account_id      {uuid} NOT NULL,
  at              BIGINT NOT NULL,
  license         TEXT,
  origin          TEXT,
  suspended       BOOLEAN NOT NULL,
  suspended_until BIGINT,
  trial_until     BIGINT,
  source_license  TEXT,
  CHECK ((license IS NULL) = (origin IS NULL))
);
CREATE INDEX license_history_by_user ON license_history (user_id, id);
CREATE INDEX license_history_by_account ON license_history (account_id, user_id, id);

-- Who was told that their trial ends, and how many days before: once each (rule 9).
CREATE TABLE trial_notices (
  user_id {uuid} NOT NULL REFERENCES users (id),
  days    BIGINT NOT NULL CHECK (days IN (1, 7)),
  at      BIGINT NOT NULL,
  PRIMARY KEY (user_id, days)
) {without_rowid};

-- Features x licenses; each edit is a new version, a version never changes.
CREATE TABLE catalogs (
  version  BIGINT NOT NULL PRIMARY KEY,
  features TEXT NOT NULL,
  at       BIGINT NOT NULL
) {without_rowid};

-- Relying parties and their audiences (rule 13). client: JSON, how it signs people in by OpenID Connect; empty for one
-- that only asks.
CREATE TABLE applications (
  id               {uuid} NOT NULL PRIMARY KEY,
  name             TEXT NOT NULL,
  owner_account    {uuid} REFERENCES accounts (id),
  audience         TEXT NOT NULL CHECK (audience IN ('anyone', 'members', 'accounts')),
  required_license TEXT CHECK (required_license IN ('Basic', 'Plus', 'Pro')),
  required_feature TEXT,
  client           TEXT,
  created          BIGINT NOT NULL
) {without_rowid};
CREATE INDEX applications_by_owner ON applications (owner_account, id);
CREATE TABLE application_accounts (
  application_id {uuid} NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  account_id     {uuid} NOT NULL REFERENCES accounts (id),
  PRIMARY KEY (application_id, account_id)
) {without_rowid};

-- Who may administer what (rule 28); account_id empty = the deployment.
CREATE TABLE grants (
  id         {uuid} NOT NULL PRIMARY KEY,
  user_id    {uuid} NOT NULL REFERENCES users (id),
  account_id {uuid} REFERENCES accounts (id),
  role       TEXT NOT NULL CHECK (role IN ('ReadOnly', 'UserManagement', 'FullAccess')),
  created    BIGINT NOT NULL
) {without_rowid};
CREATE UNIQUE INDEX grants_once_over_account ON grants (user_id, account_id) WHERE account_id IS NOT NULL;
CREATE UNIQUE INDEX grants_once_over_deployment ON grants (user_id) WHERE account_id IS NULL;
CREATE INDEX grants_by_account ON grants (account_id, id);

-- Access keys (SigV4): the secret is needed to verify, so it is sealed, not hashed. They die with their grant.
-- most, within_account: how much of the grant is carried; empty = all of it. The account may be gone: then nothing is
-- reached. last_used is a minute late at most.
CREATE TABLE access_keys (
  id             {key} NOT NULL PRIMARY KEY,
  grant_id       {uuid} NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
  secret_sealed  {bytes} NOT NULL,
  name           TEXT NOT NULL,
  most           TEXT CHECK (most IN ('ReadOnly', 'UserManagement', 'FullAccess')),
  within_account {uuid},
  created        BIGINT NOT NULL,
  expires        BIGINT,
  revoked        BIGINT,
  last_used      BIGINT
) {without_rowid};
CREATE INDEX access_keys_by_grant ON access_keys (grant_id);

-- Bearer tokens, by SHA-256: an administrator's (through a grant) or an application's own credential.
CREATE TABLE api_tokens (
  hash           {bytes} NOT NULL PRIMARY KEY,
  id             {uuid} NOT NULL UNIQUE,
  grant_id       {uuid} REFERENCES grants (id) ON DELETE CASCADE,
  application_id {uuid} REFERENCES applications (id) ON DELETE CASCADE,
  name           TEXT NOT NULL,
  most           TEXT CHECK (most IN ('ReadOnly', 'UserManagement', 'FullAccess')),
  within_account {uuid},
  created        BIGINT NOT NULL,
  expires        BIGINT,
  revoked        BIGINT,
  last_used      BIGINT,
  CHECK ((grant_id IS NULL) <> (application_id IS NULL)),
  CHECK (application_id IS NULL OR (most IS NULL AND within_account IS NULL))
) {without_rowid};
CREATE INDEX api_tokens_by_grant ON api_tokens (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX api_tokens_by_application ON api_tokens (application_id) WHERE application_id IS NOT NULL;

-- Answers to requests that named themselves by a key, so that one that is repeated makes nothing twice. Kept for a day,
-- sealed: an answer may hold a secret. caller, key and request are SHA-256.
CREATE TABLE answers (
  caller  {bytes} NOT NULL,
  key     {bytes} NOT NULL,
  request {bytes} NOT NULL,
  created BIGINT NOT NULL,
  sealed  {bytes} NOT NULL,
  PRIMARY KEY (caller, key)
) {without_rowid};
CREATE INDEX answers_by_age ON answers (created);

-- One-time links by which the first operator comes (rule 28). All of them end when one is used.
CREATE TABLE setup_links (
  token_hash {bytes} NOT NULL PRIMARY KEY,
  id         {uuid} NOT NULL,
  created    BIGINT NOT NULL,
  expires    BIGINT NOT NULL
) {without_rowid};

-- Sessions of browsers (rule 23), by the SHA-256 of the cookie; id is the `sid` that applications know. A session holds
-- while its epoch is the person's. methods: how they proved who they are (RFC 8176), separated by spaces. device: what
-- the browser said of itself and where it came from, sealed under the person's key. last_used is a minute late at most.
CREATE TABLE sessions (
  id            {uuid} NOT NULL PRIMARY KEY,
  hash          {bytes} NOT NULL UNIQUE,
  user_id       {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  epoch         BIGINT NOT NULL,
  created       BIGINT NOT NULL,
  authenticated BIGINT NOT NULL,
  methods       TEXT NOT NULL,
  expires       BIGINT NOT NULL,
  last_used     BIGINT NOT NULL,
  device        {bytes} NOT NULL
) {without_rowid};
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires);

-- Sign-ins under way, by the SHA-256 of the browser's cookie. state: JSON, what was proved so far and what is next,
-- sealed.
CREATE TABLE sign_ins (
  hash    {bytes} NOT NULL PRIMARY KEY,
  state   {bytes} NOT NULL,
  expires BIGINT NOT NULL
) {without_rowid};
CREATE INDEX sign_ins_by_expiry ON sign_ins (expires);

-- Second factors (rule 80). secret: of a time-based one-time password (RFC 6238), sealed under the person's key. step:
-- the last one that was used; none of before works again. wrong: codes in a row that were wrong, the last of them at
-- wrong_at.
CREATE TABLE totps (
  user_id  {uuid} NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  secret   {bytes} NOT NULL,
  step     BIGINT NOT NULL,
  wrong    BIGINT NOT NULL,
  wrong_at BIGINT NOT NULL,
  created  BIGINT NOT NULL
) {without_rowid};

-- Recovery codes by SHA-256; each works once and is gone then.
CREATE TABLE recovery_codes (
  user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  hash    {bytes} NOT NULL,
  PRIMARY KEY (user_id, hash)
) {without_rowid};

-- Passkeys (WebAuthn Level 3) by their credential id. credential: JSON with the name that the person gave it and its
-- public key, sealed under the person's key. version: grows with each use, so that what was verified is what is changed.
CREATE TABLE passkeys (
  id         {bytes} NOT NULL PRIMARY KEY,
  user_id    {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  credential {bytes} NOT NULL,
  version    BIGINT NOT NULL,
  created    BIGINT NOT NULL,
  last_used  BIGINT
) {without_rowid};
CREATE INDEX passkeys_by_user ON passkeys (user_id, created);

-- OpenID providers that people sign in with (rule 81): the deployment's, or an account's for its verified domains.
CREATE TABLE providers (
  id            {uuid} NOT NULL PRIMARY KEY,
  account_id    {uuid} REFERENCES accounts (id),
  name          TEXT NOT NULL,
  issuer        TEXT NOT NULL,
  client_id     TEXT NOT NULL,
  secret_sealed {bytes},
  created       BIGINT NOT NULL
) {without_rowid};
CREATE INDEX providers_by_account ON providers (account_id, id);

-- Whose people are sent to which provider. Holds while the provider's account has the domain verified.
CREATE TABLE provider_domains (
  account_id  {uuid} NOT NULL REFERENCES accounts (id),
  name        {key} NOT NULL,
  provider_id {uuid} NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
  PRIMARY KEY (account_id, name)
) {without_rowid};
CREATE INDEX provider_domains_by_provider ON provider_domains (provider_id);

-- Whom a provider knows by which subject, by the SHA-256 of both (rule 81).
CREATE TABLE upstream_links (
  hash        {bytes} NOT NULL PRIMARY KEY,
  provider_id {uuid} NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
  user_id     {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  confirmed   BOOLEAN NOT NULL,
  created     BIGINT NOT NULL
) {without_rowid};
CREATE INDEX upstream_links_by_user ON upstream_links (user_id);
CREATE INDEX upstream_links_by_provider ON upstream_links (provider_id);

-- Mailed links of people who exist: to set a password, to prove a new address (then: address).
CREATE TABLE links (
  token_hash  {bytes} NOT NULL PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('password', 'address')),
  user_id     {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  address     TEXT NOT NULL,
  created     BIGINT NOT NULL,
  expires     BIGINT NOT NULL
) {without_rowid};
CREATE INDEX links_by_user ON links (user_id, kind);
CREATE INDEX links_by_expiry ON links (expires);

-- What people let applications do in their name (RFC 6749). One that was made in a session ends with it; one for
-- offline access has none. Everything made from it holds while its epoch is the person's (rule 23) and nothing ended it.
CREATE TABLE authorizations (
  id             {uuid} NOT NULL PRIMARY KEY,
  user_id        {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  application_id {uuid} NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  session_id     {uuid} REFERENCES sessions (id) ON DELETE CASCADE,
  sid            {uuid} NOT NULL,
  epoch          BIGINT NOT NULL,
  scope          TEXT NOT NULL,
  authenticated  BIGINT NOT NULL,
  methods        TEXT NOT NULL,
  created        BIGINT NOT NULL,
  expires        BIGINT NOT NULL,
  ended          BIGINT
) {without_rowid};
CREATE INDEX authorizations_by_user ON authorizations (user_id, application_id);
CREATE INDEX authorizations_by_session ON authorizations (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX authorizations_by_application ON authorizations (application_id);
CREATE INDEX authorizations_by_expiry ON authorizations (expires);

-- Authorization codes, by SHA-256. Used once: authorization_id says what it was exchanged for, so that one that comes
-- again ends that (RFC 6749 section 4.1.2).
CREATE TABLE codes (
  hash             {bytes} NOT NULL PRIMARY KEY,
  session_id       {uuid} NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  application_id   {uuid} NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  redirect_uri     TEXT,
  scope            TEXT NOT NULL,
  nonce            TEXT,
  challenge        TEXT,
  expires          BIGINT NOT NULL,
  authorization_id {uuid} REFERENCES authorizations (id) ON DELETE CASCADE
) {without_rowid};
CREATE INDEX codes_by_session ON codes (session_id);
CREATE INDEX codes_by_application ON codes (application_id);
CREATE INDEX codes_by_authorization ON codes (authorization_id) WHERE authorization_id IS NOT NULL;
CREATE INDEX codes_by_expiry ON codes (expires);

-- Access and refresh tokens, by SHA-256. A refresh token is used once: one that comes again ends its authorization
-- (RFC 9700 section 4.14).
CREATE TABLE access_tokens (
  hash             {bytes} NOT NULL PRIMARY KEY,
  id               {uuid} NOT NULL,
  authorization_id {uuid} NOT NULL REFERENCES authorizations (id) ON DELETE CASCADE,
  scope            TEXT NOT NULL,
  created          BIGINT NOT NULL,
  expires          BIGINT NOT NULL
) {without_rowid};
CREATE INDEX access_tokens_by_authorization ON access_tokens (authorization_id);
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires);
CREATE TABLE refresh_tokens (
  hash             {bytes} NOT NULL PRIMARY KEY,
  id               {uuid} NOT NULL,
  authorization_id {uuid} NOT NULL REFERENCES authorizations (id) ON DELETE CASCADE,
  created          BIGINT NOT NULL,
  expires          BIGINT NOT NULL,
  used             BIGINT
) {without_rowid};
CREATE INDEX refresh_tokens_by_authorization ON refresh_tokens (authorization_id);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires);

-- What people consented to let third parties know.
CREATE TABLE consents (
  user_id        {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  application_id {uuid} NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  scope          TEXT NOT NULL,
  at             BIGINT NOT NULL,
  PRIMARY KEY (user_id, application_id)
) {without_rowid};
CREATE INDEX consents_by_application ON consents (application_id);

-- Keys that sign tokens (RFC 7517). One signs from `signs_from` until `signs_until`, and is published before and after
-- that. id: the `kid`. published: the public key as JSON.
CREATE TABLE signing_keys (
  id              {key} NOT NULL PRIMARY KEY,
  algorithm       TEXT NOT NULL CHECK (algorithm IN ('ES256', 'RS256')),
  published       TEXT NOT NULL,
  private_sealed  {bytes} NOT NULL,
  created         BIGINT NOT NULL,
  signs_from      BIGINT NOT NULL,
  signs_until     BIGINT NOT NULL,
  published_until BIGINT NOT NULL
) {without_rowid};

-- One row: a text sealed under the master key when the database began, so that any other key is noticed at once.
CREATE TABLE master_key_check (
  id     BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
  sealed {bytes} NOT NULL
) {without_rowid};

-- A random key per person, sealed under the master key. Deleting the row erases what is sealed under it (rule 25).
CREATE TABLE person_keys (
  person {uuid} NOT NULL PRIMARY KEY,
  sealed {bytes} NOT NULL
) {without_rowid};

-- The audit trail (rules 24 and 25). before and after are JSON without personal data; those parts are sealed.
CREATE TABLE audit (
  seq            {serial},
  at             BIGINT NOT NULL,
  door           TEXT NOT NULL,
  request        {uuid} NOT NULL,
  actor_kind     TEXT NOT NULL,
  actor          {uuid},
  action         TEXT NOT NULL,
  account_id     {uuid},
  subject        {uuid},
  outcome        TEXT,
  before         TEXT,
  after          TEXT,
  why            TEXT,
  subject_sealed {bytes},
  actor_sealed   {bytes}
);
CREATE INDEX audit_by_account ON audit (account_id, seq);
CREATE INDEX audit_by_subject ON audit (subject, seq);
CREATE INDEX audit_by_actor ON audit (actor, seq) WHERE actor IS NOT NULL;
CREATE INDEX audit_by_time ON audit (at, seq);

-- What leaves Carillon, in order per receiver and person: a change of a person locks them, so numbers follow commits.
-- receiver: the mail server, or the id of the application that is told. A row waits until it is delivered, given up
-- (dead), or kept because there is no mail server. A node that delivers one leases it; attempts counts the leases, and
-- whoever reports what came of one names it. forgiven: attempts from before an administrator had it sent again.
CREATE TABLE outbox (
  id         {serial},
  receiver   {key} NOT NULL CHECK (receiver = 'mail' OR length(receiver) = 36),
  person     {uuid} NOT NULL,
  account_id {uuid},
  kind       TEXT NOT NULL,
  created    BIGINT NOT NULL,
  payload    {bytes} NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead', 'kept')),
  attempts   BIGINT NOT NULL,
  forgiven   BIGINT NOT NULL,
  due        BIGINT NOT NULL,
  leased     BIGINT NOT NULL,
  delivered  BIGINT,
  error      TEXT,
  CHECK ((state = 'delivered') = (delivered IS NOT NULL))
);
CREATE INDEX outbox_by_person ON outbox (person, id);
CREATE INDEX outbox_by_receiver ON outbox (receiver, id);
CREATE INDEX outbox_waiting ON outbox (receiver, due, id) WHERE state = 'waiting';
CREATE INDEX outbox_waiting_by_person ON outbox (person, receiver, id) WHERE state = 'waiting';
CREATE INDEX outbox_waiting_by_age ON outbox (receiver, created) WHERE state = 'waiting';
CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead';
CREATE INDEX outbox_dead_by_age ON outbox (receiver, created) WHERE state = 'dead';
CREATE INDEX outbox_delivered ON outbox (delivered) WHERE state = 'delivered';
CREATE INDEX outbox_over ON outbox (created) WHERE state IN ('dead', 'kept');

-- How many mails an account's administrators caused on a day (days since 1970 in UTC; rule 69).
CREATE TABLE account_mails (
  account_id {uuid} NOT NULL PRIMARY KEY REFERENCES accounts (id),
  day        BIGINT NOT NULL,
  sent       BIGINT NOT NULL
) {without_rowid};

-- Work that time asks for: whose turn it is at each task, and until when. Several nodes share the tasks.
CREATE TABLE tasks (
  name   {key} NOT NULL PRIMARY KEY,
  due    BIGINT NOT NULL,
  holder {uuid},
  until  BIGINT NOT NULL
) {without_rowid};
