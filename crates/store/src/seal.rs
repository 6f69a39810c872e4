//! Sealing: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) with a random nonce per message. The associated data names
//! the place a text belongs to, so a sealed text moved to another row does not open.

use std::collections::BTreeMap;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use uuid::Uuid;

use crate::{Error, Random};

const NONCE: usize = 24;

/// Where a sealed text belongs: the column, and the row's own id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub column: &'static str,
    pub row: &'a [u8],
}

impl Place<'_> {
    fn associated_data(self) -> Vec<u8> {
        [self.column.as_bytes(), &[0], self.row].concat()
    }
}

/// Seals under the deployment's master key, and makes the keys of single persons.
///
/// There may be several master keys, each with a number that goes with what it sealed; new texts are sealed under the
/// one with the highest number. So a master key is replaced by adding another.
#[derive(Clone)]
pub struct Sealer {
    keys: Arc<BTreeMap<u32, XChaCha20Poly1305>>,
    random: Random,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("keys", &self.keys.keys()).finish_non_exhaustive()
    }
}

impl Sealer {
    /// With the first master key.
    pub fn new(number: u32, key: [u8; 32], random: Random) -> Self {
        Self { keys: Arc::new(BTreeMap::from([(number, XChaCha20Poly1305::new(&key.into()))])), random }
    }

    /// With another master key beside the ones there are.
    #[must_use]
    pub fn and(self, number: u32, key: [u8; 32]) -> Self {
        let mut keys = BTreeMap::clone(&self.keys);
        keys.insert(number, XChaCha20Poly1305::new(&key.into()));
        Self { keys: Arc::new(keys), ..self }
    }

    /// `number, nonce, text and tag`, under the newest master key.
    pub(crate) fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let (number, key) = self.keys.last_key_value().ok_or_else(|| Error::corrupt("there is no master key"))?;
        let mut sealed = number.to_be_bytes().to_vec();
        sealed.extend(encrypt(key, &self.random, place, plain)?);
        Ok(sealed)
    }

    /// Opens what [`Sealer::seal`] made for the same place.
    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let (number, rest) = sealed.split_first_chunk().ok_or_else(|| unreadable(place))?;
        let number = u32::from_be_bytes(*number);
        let key = self.keys.get(&number).ok_or_else(|| {
            Error::corrupt(format!("{} is sealed under master key {number}, which was not given", place.column))
        })?;
        decrypt(key, place, rest)
    }

    /// A new person's key, and the form of it that is stored.
    pub(crate) fn new_person(&self, person: Uuid) -> Result<(PersonKey, Vec<u8>), Error> {
        let key = self.random.bytes();
        Ok((PersonKey::new(key), self.seal(person_place(&person), &key)?))
    }

    /// A person's key from its stored form.
    pub(crate) fn person(&self, person: Uuid, sealed: &[u8]) -> Result<PersonKey, Error> {
        let place = person_place(&person);
        let key: [u8; 32] = self.open(place, sealed)?.try_into().map_err(|_| unreadable(place))?;
        Ok(PersonKey::new(key))
    }

    /// Seals under a person's key.
    pub(crate) fn seal_for(&self, key: &PersonKey, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, Error> {
        encrypt(&key.0, &self.random, place, plain)
    }
}

/// The key of one person. What is sealed under it is gone once its row is deleted (rule 25).
pub(crate) struct PersonKey(XChaCha20Poly1305);

impl PersonKey {
    fn new(key: [u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&key.into()))
    }

    /// Opens what [`Sealer::seal_for`] made with the same key for the same place.
    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        decrypt(&self.0, place, sealed)
    }
}

fn person_place(person: &Uuid) -> Place<'_> {
    Place { column: "person_keys.sealed", row: person.as_bytes() }
}

fn unreadable(place: Place<'_>) -> Error {
    Error::corrupt(format!("{} does not open: another key, another row, or it was altered", place.column))
}

fn encrypt(key: &XChaCha20Poly1305, random: &Random, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, Error> {
    let nonce: [u8; NONCE] = random.bytes();
    let payload = Payload { msg: plain, aad: &place.associated_data() };
    let text = key.encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::corrupt("a text too long to seal"))?;
    Ok([nonce.as_slice(), &text].concat())
}

fn decrypt(key: &XChaCha20Poly1305, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, Error> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or_else(|| unreadable(place))?;
    let payload = Payload { msg: text, aad: &place.associated_data() };
    key.decrypt(&XNonce::from(*nonce), payload).map_err(|_| unreadable(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> = Place { column: "table.column", row: b"row" };

    fn sealer(number: u32, key: u8) -> Sealer {
        Sealer::new(number, [key; 32], Random::seeded(1))
    }

    #[test]
    fn what_was_sealed_opens_in_its_place_and_nowhere_else() {
        let sealed = sealer(1, 1).seal(PLACE, b"text").expect("sealed");
        assert_eq!(sealer(1, 1).open(PLACE, &sealed).expect("open"), b"text");
        for other in [Place { row: b"other", ..PLACE }, Place { column: "table.other", ..PLACE }] {
            assert!(sealer(1, 1).open(other, &sealed).is_err());
        }
        // The column's end cannot be moved into the row.
        let (long, short) = (Place { column: "ab", row: b"c" }, Place { column: "a", row: b"bc" });
        let sealed = sealer(1, 1).seal(long, b"text").expect("sealed");
        assert!(sealer(1, 1).open(short, &sealed).is_err());
    }

    #[test]
    fn an_altered_text_does_not_open() {
        let sealed = sealer(1, 1).seal(PLACE, b"text").expect("sealed");
        for n in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[n] ^= 1;
            assert!(sealer(1, 1).open(PLACE, &altered).is_err(), "byte {n}");
            assert!(sealer(1, 1).open(PLACE, &sealed[..n]).is_err(), "cut at {n}");
        }
    }

    #[test]
    fn a_further_master_key_seals_and_the_former_still_opens() {
        let both = sealer(1, 1).and(2, [2; 32]);
        let (old, new) = (sealer(1, 1).seal(PLACE, b"old").expect("sealed"), both.seal(PLACE, b"new").expect("sealed"));
        assert_eq!(both.open(PLACE, &old).expect("open"), b"old");
        assert_eq!(sealer(2, 2).open(PLACE, &new).expect("open"), b"new");
        assert!(sealer(1, 1).open(PLACE, &new).is_err());
    }

    #[test]
    fn a_persons_key_opens_only_their_texts() {
        let sealer = sealer(1, 1);
        let (ada, bob) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (key, stored) = sealer.new_person(ada).expect("a key");
        let sealed = sealer.seal_for(&key, PLACE, b"text").expect("sealed");
        assert_eq!(sealer.person(ada, &stored).expect("the key").open(PLACE, &sealed).expect("open"), b"text");
        assert!(sealer.person(bob, &stored).is_err(), "her key under his name");
        let (other, _) = sealer.new_person(bob).expect("a key");
        assert!(other.open(PLACE, &sealed).is_err());
    }

    #[test]
    fn equal_texts_are_sealed_differently() {
        let sealer = sealer(1, 1);
        assert_ne!(sealer.seal(PLACE, b"text").expect("sealed"), sealer.seal(PLACE, b"text").expect("sealed"));
    }
}
