//! Background work on both engines.

mod schedule;
