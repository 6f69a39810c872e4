//! The store on both engines: what it promises to the verbs.

extern crate carillon_store as store;

#[cfg(test)]
mod commit;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod history;
#[cfg(test)]
mod hot;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod locks;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod people;
mod signed_in;
#[cfg(test)]
mod trail;
#[cfg(test)]
mod unique;
#[cfg(test)]
mod world;
