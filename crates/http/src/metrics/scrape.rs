//! What is the case at this moment: build, process, store, outbox, hashes.

use jiff::Timestamp;
use service::{COMMIT_SIZES, Measures};

use super::process;
use super::text::Text;

/// The families that are read when somebody asks.
pub(super) fn now(measures: &Measures, started: Option<Timestamp>, now: Timestamp) -> String {
    let mut text = Text::default();
    text.family("carillon_build_info", "gauge", "Always 1; the version that runs.")
        .sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    this_process(&mut text, started);
    hashes(&mut text, measures);
    text.family("carillon_database_up", "gauge", "Whether the database answered; without it the rest is missing.")
        .sample(&[], u8::from(measures.store.is_ok()));
    match &measures.store {
        Ok(store) => {
            changes(&mut text, store);
            connections(&mut text, store);
            engine(&mut text, store);
            outbox(&mut text, store, now);
            tasks(&mut text, store, now);
        }
        Err(error) => tracing::warn!(%error, "metrics without those of the database"),
    }
    text.finish()
}

fn this_process(text: &mut Text, started: Option<Timestamp>) {
    if let Some(started) = started {
        text.family("process_start_time_seconds", "gauge", "When this process began, in seconds since 1970.")
            .sample(&[], started.as_second());
    }
    if let Some(bytes) = process::resident_bytes() {
        text.family("process_resident_memory_bytes", "gauge", "Memory in use.").sample(&[], bytes);
    }
    if let Some(files) = process::open_files() {
        text.family("process_open_fds", "gauge", "Files and sockets that are open.").sample(&[], files);
    }
}

fn hashes(text: &mut Text, measures: &Measures) {
    text.family("carillon_password_hash_slots", "gauge", "Password hashes that may be made at once.")
        .sample(&[("state", "free")], measures.hash_slots_free)
        .sample(&[("state", "busy")], measures.hash_slots - measures.hash_slots_free);
}

fn changes(text: &mut Text, store: &service::StoreMeasures) {
    text.family("carillon_changes_total", "counter", "Changes committed.").sample(&[], store.changes);
    text.family("carillon_commits_total", "counter", "Commits, by the most changes they may have held.");
    for (size, commits) in COMMIT_SIZES.iter().zip(store.commits) {
        text.sample(&[("changes", &size.to_string())], commits);
    }
    text.family("carillon_commit_failures_total", "counter", "Commits that the database did not make.")
        .sample(&[], store.failures);
    text.family("carillon_questions_total", "counter", "Statements of the hot path: questions and credentials.")
        .sample(&[], store.questions);
}

fn connections(text: &mut Text, store: &service::StoreMeasures) {
    text.family("carillon_database_connections", "gauge", "Connections to the database that are open.");
    for pool in &store.pools {
        text.sample(&[("pool", pool.name)], pool.open);
    }
    text.family("carillon_database_connections_idle", "gauge", "Connections that are open and not in use.");
    for pool in store.pools.iter().filter(|pool| pool.name != "questions") {
        text.sample(&[("pool", pool.name)], pool.idle);
    }
    text.family("carillon_database_connections_max", "gauge", "The most connections there may be.");
    for pool in &store.pools {
        text.sample(&[("pool", pool.name)], pool.most);
    }
}

fn engine(text: &mut Text, store: &service::StoreMeasures) {
    text.family("carillon_database_info", "gauge", "Always 1; the engine.").sample(&[("engine", store.engine)], 1);
    if let Some(sqlite) = store.sqlite {
        text.family("carillon_sqlite_queue", "gauge", "Changes that wait for the writer.").sample(&[], sqlite.queued);
        text.family("carillon_sqlite_wal_bytes", "gauge", "Length of the write-ahead log.")
            .sample(&[], sqlite.log_bytes);
        text.family("carillon_sqlite_wal_copies_total", "counter", "Times the log was copied into the database.")
            .sample(&[], sqlite.log_copies);
    }
    if let Some(postgres) = store.postgres {
        text.family("carillon_postgres_queue", "gauge", "Questions that wait to be asked together.")
            .sample(&[], postgres.queued);
        let help = "How far this node's clock is ahead of the database's; over 1 either way it is not ready.";
        text.family("carillon_clock_ahead_seconds", "gauge", help).sample(&[], postgres.clock_ahead as f64 / 1000.0);
    }
}

fn outbox(text: &mut Text, store: &service::StoreMeasures, now: Timestamp) {
    text.family("carillon_outbox_entries", "gauge", "Entries of the outbox, by receiver and state.");
    for waiting in &store.outbox {
        text.sample(&[("receiver", &waiting.receiver), ("state", &waiting.state)], waiting.entries);
    }
    text.family("carillon_outbox_oldest_seconds", "gauge", "Age of the oldest entry, by receiver and state.");
    for waiting in &store.outbox {
        let age = now.duration_since(waiting.oldest).as_secs_f64().max(0.0);
        text.sample(&[("receiver", &waiting.receiver), ("state", &waiting.state)], age);
    }
}

fn tasks(text: &mut Text, store: &service::StoreMeasures, now: Timestamp) {
    let help = "Seconds until a scheduled task is due; well below 0 means that nobody does it.";
    text.family("carillon_task_due_seconds", "gauge", help);
    for (task, due) in &store.tasks {
        text.sample(&[("task", task)], due.duration_since(now).as_secs_f64());
    }
}
