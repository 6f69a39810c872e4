-- What Carillon knows of directories. The words in braces are explained in 0001_initial.sql.

-- Directories that accounts' people come from (rules 3, 11, 19): how each is read, by JSON. It decides while the account is
-- of that kind. wanted: somebody wants all of it read; agreed: what they agreed to for that (rule 85). heard: since when it
-- answers, or with failure does not. members: how many there were when all of it was applied last.
CREATE TABLE directories (
  account_id      {uuid} NOT NULL PRIMARY KEY REFERENCES accounts (id),
  version         BIGINT NOT NULL,
  connection      TEXT NOT NULL,
  password_sealed {bytes} NOT NULL,
  mappings        TEXT NOT NULL,
  brake           TEXT NOT NULL,
  created         BIGINT NOT NULL,
  updated         BIGINT NOT NULL,
  wanted          BOOLEAN NOT NULL,
  agreed          TEXT,
  heard           BIGINT,
  failure         TEXT,
  members         BIGINT NOT NULL
) {without_rowid};

-- Which entry is which person, and what of it was applied: whether it was there, the license it gives, and a digest of all
-- of it. Nothing else of a directory is kept.
CREATE TABLE directory_entries (
  account_id {uuid} NOT NULL REFERENCES directories (account_id) ON DELETE CASCADE,
  entry_id   {uuid} NOT NULL,
  user_id    {uuid} NOT NULL REFERENCES users (id),
  present    BOOLEAN NOT NULL,
  grants     TEXT CHECK (grants IN ('Plus', 'Pro')),
  digest     BIGINT,
  PRIMARY KEY (account_id, entry_id)
) {without_rowid};
CREATE INDEX directory_entries_by_user ON directory_entries (user_id);

-- Who with a grant has confirmed that their account's directory may be linked to them (rule 19). Used up by the link.
CREATE TABLE directory_confirmations (
  account_id {uuid} NOT NULL REFERENCES accounts (id),
  user_id    {uuid} NOT NULL REFERENCES users (id),
  at         BIGINT NOT NULL,
  PRIMARY KEY (account_id, user_id)
) {without_rowid};
CREATE INDEX directory_confirmations_by_user ON directory_confirmations (user_id);

-- Runs of a directory: what each was to do, asks (rule 85), has done; put_out and let_in of these people. Counts are JSON.
-- The last 200 are kept, and those of the last hour.
CREATE TABLE directory_runs (
  account_id {uuid} NOT NULL REFERENCES directories (account_id) ON DELETE CASCADE,
  number     BIGINT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('full', 'changes')),
  state      TEXT NOT NULL CHECK (state IN
    ('running', 'asking', 'agreed', 'done', 'failed', 'cancelled', 'refused', 'outdated')),
  started    BIGINT NOT NULL,
  ended      BIGINT,
  counts     TEXT NOT NULL,
  question   TEXT,
  agreed     TEXT,
  applied    BIGINT NOT NULL,
  put_out    BIGINT NOT NULL,
  let_in     BIGINT NOT NULL,
  refused    BIGINT NOT NULL,
  drift      BIGINT NOT NULL,
  logged     BIGINT NOT NULL,
  error      TEXT,
  PRIMARY KEY (account_id, number)
) {without_rowid};

-- What a run came to for single people; who only joined stands in the audit trail.
CREATE TABLE directory_log (
  account_id {uuid} NOT NULL,
  run        BIGINT NOT NULL,
  serial     BIGINT NOT NULL,
  entry_id   {uuid} NOT NULL,
  user_id    {uuid},
  outcome    TEXT NOT NULL,
  code       TEXT,
  PRIMARY KEY (account_id, run, serial),
  FOREIGN KEY (account_id, run) REFERENCES directory_runs (account_id, number) ON DELETE CASCADE
) {without_rowid};
