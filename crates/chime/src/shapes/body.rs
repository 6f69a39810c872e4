//! A request's body: JSON, UTF-8, strictly typed; an absent one is `{}`.

use crate::Error;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use std::fmt;
use std::marker::PhantomData;

/// Reads the members of a body. Unknown members are ignored, as AWS does; `null` is the same as absent.
pub(super) fn read<T: DeserializeOwned>(content_type: Option<&[u8]>, body: &[u8]) -> Result<T, Error> {
    if body.is_empty() {
        return from_json(b"{}");
    }
    if !content_type.is_some_and(is_json) {
        return Err(Error::bad_request("The body must be sent with Content-Type: application/json."));
    }
    if std::str::from_utf8(body).is_err() {
        return Err(Error::bad_request("The body is not UTF-8."));
    }
    from_json(body)
}

/// `application/json`, whatever its parameters.
fn is_json(content_type: &[u8]) -> bool {
    let media_type = content_type.split(|byte| *byte == b';').next().unwrap_or_default();
    media_type.trim_ascii().eq_ignore_ascii_case(b"application/json")
}

fn from_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, Error> {
    let mut source = serde_json::Deserializer::from_slice(json);
    let Object(value) = serde_path_to_error::deserialize(&mut source).map_err(|error| {
        let member = error.path().to_string();
        described(&member, error.inner())
    })?;
    source.end().map_err(|error| described("", &error))?;
    Ok(value)
}

/// What is wrong, with which member; never the value itself, which may be a person's address.
fn described(member: &str, error: &serde_json::Error) -> Error {
    let text = error.to_string();
    let (what, place) = text.rsplit_once(" at line ").unwrap_or((text.as_str(), "1"));
    if error.classify() != Category::Data {
        return Error::bad_request(format!("The body is not JSON: {what} at line {place}."));
    }
    let what = match what.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => what.to_owned(),
    };
    let member = if member == "." { "The body" } else { member };
    Error::bad_request(format!("{member}: {what}."))
}

/// A structure that is spelt as a JSON object. (Derived structures can be read from a JSON list too.)
pub(super) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}
