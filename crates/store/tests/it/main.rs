//! The store on both engines: what it promises to the verbs.

extern crate carillon_store as store;

mod fixtures;
mod people;
