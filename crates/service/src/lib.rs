//! The verbs: each loads facts, asks the rules, and writes with audit and notices in one transaction.

pub mod password;
