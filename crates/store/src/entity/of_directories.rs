//! The tables of directories.

table!(directories, "directories", {
    #[sea_orm(primary_key, auto_increment = false)]
    account_id: Uuid,
    version: i64,
    connection: String,
    password_sealed: Vec<u8>,
    mappings: String,
    brake: String,
    created: i64,
    updated: i64,
    wanted: bool,
    agreed: Option<String>,
    heard: Option<i64>,
    failure: Option<String>,
    members: i64,
});

table!(directory_entries, "directory_entries", {
    #[sea_orm(primary_key, auto_increment = false)]
    account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    entry_id: Uuid,
    user_id: Uuid,
    present: bool,
    grants: Option<String>,
    digest: Option<i64>,
});

table!(directory_confirmations, "directory_confirmations", {
    #[sea_orm(primary_key, auto_increment = false)]
    account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    user_id: Uuid,
    at: i64,
});

table!(directory_runs, "directory_runs", {
    #[sea_orm(primary_key, auto_increment = false)]
    account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    number: i64,
    kind: String,
    state: String,
    started: i64,
    ended: Option<i64>,
    counts: String,
    question: Option<String>,
    agreed: Option<String>,
    applied: i64,
    put_out: i64,
    let_in: i64,
    refused: i64,
    drift: i64,
    logged: i64,
    error: Option<String>,
});

table!(directory_log, "directory_log", {
    #[sea_orm(primary_key, auto_increment = false)]
    account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    run: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    serial: i64,
    entry_id: Uuid,
    user_id: Option<Uuid>,
    outcome: String,
    code: Option<String>,
});
