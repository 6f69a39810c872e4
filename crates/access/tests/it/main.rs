//! Tests of the rules: the hand-written tables, the model, the parsers and the pages that explain refusals.

extern crate carillon_access as access; // as every other crate of ours calls it

mod change_tables;
mod decision_table;
mod outcome;
mod table;
mod world;
