//! The store on both engines: what it promises to the verbs.

extern crate carillon_store as store;

#[cfg(test)]
mod commit;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod hot;
#[cfg(test)]
mod locks;
#[cfg(test)]
mod people;
#[cfg(test)]
mod unique;
#[cfg(test)]
mod world;
