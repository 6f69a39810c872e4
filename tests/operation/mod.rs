//! What those who run Carillon rely on, tried on the built binary: servers replaced one by one under load (`rolling`),
//! backups taken under load and restored (`backups`), PostgreSQL over TLS (`tls`) and PostgreSQL that would lose what it
//! acknowledged (`durability`), a log without secrets (`logs`).

mod backups;
mod cluster;
mod durability;
mod logs;
mod rolling;
mod tls;
