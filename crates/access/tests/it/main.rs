//! Tests of the rules: the hand-written tables, the model, the parsers and the pages that explain refusals.

extern crate carillon_access as access; // as every other crate of ours calls it

#[cfg(test)]
mod account_tables;
#[cfg(test)]
mod addresses;
#[cfg(test)]
mod change_tables;
#[cfg(test)]
mod decision_table;
#[cfg(test)]
mod directory;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod model;
#[cfg(test)]
mod outcome;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod table;
#[cfg(test)]
mod world;
