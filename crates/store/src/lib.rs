//! The facts on disk: SQLite or PostgreSQL, one query text, one way to commit.
