//! The wire format from the outside.

#[cfg(test)]
mod bodies;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod forgery;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod outputs;
#[cfg(test)]
mod paging;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod sigv4_form;
#[cfg(test)]
mod vectors;
