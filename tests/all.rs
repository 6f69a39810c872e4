//! The tests that look at Carillon from outside: `layers`, `sizes` and `doors` read the source and hold its
//! architecture, `documents` reads the pages of `docs/`. The others run the built binary and the real clients
//! (`harness`): `main_job` is the story of the README, `domains` that of a domain by real DNS, `directory` that of a
//! real directory; `chime_boto3`, `admin_api`, `authzen`, `openid`, `check`, `pages`, `signing_in` and `console` are the
//! doors, `mail` and `notices` are what leaves, `promise` is rule 22, `faults` kills it and cuts its power, `operation`
//! is what those who run it rely on.

#[cfg(test)]
mod admin_api;
#[cfg(test)]
mod authzen;
#[cfg(test)]
mod check;
#[cfg(test)]
mod chime_boto3;
#[cfg(test)]
mod console;
#[cfg(test)]
mod directory;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod domains;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod main_job;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod openid;
#[cfg(test)]
mod operation;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod promise;
#[cfg(test)]
mod signing_in;
#[cfg(test)]
mod sizes;
#[cfg(test)]
mod source;
