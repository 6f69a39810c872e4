//! Parameters of a query or a form (RFC 6749 section 3.1): each at most once, and one without a value is as good as
//! left out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::Error;

/// Parameters by name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params(BTreeMap<String, String>);

/// What a client or a person sent may be a secret.
impl std::fmt::Debug for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Params {
    /// From `application/x-www-form-urlencoded` text, the query of a URI or a body.
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        let mut params = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(text) {
            if params.insert(name.to_string(), value.into_owned()).is_some() {
                return Err(Error::request(format!("the parameter {name:.40} was sent more than once")));
            }
        }
        params.retain(|_, value| !value.is_empty());
        Ok(Self(params))
    }

    /// A parameter's value, if it has one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A parameter that must be there.
    pub fn required(&self, name: &str) -> Result<&str, Error> {
        self.get(name).ok_or_else(|| Error::request(format!("the parameter {name} is missing")))
    }
}

/// The parameters of a query or form one by one, as they were sent.
pub fn pairs(text: &[u8]) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    url::form_urlencoded::parse(text)
}

/// A query of these parameters.
pub fn text<'p>(pairs: impl Iterator<Item = (Cow<'p, str>, Cow<'p, str>)>) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(pairs);
    text.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parameters_come_once_and_with_a_value() {
        let params = Params::parse(b"a=1&b=&c=x%20y+z").unwrap();
        assert_eq!((params.get("a"), params.get("b"), params.get("c")), (Some("1"), None, Some("x y z")));
        assert!(params.required("b").unwrap_err().description.contains("b is missing"));
        assert!(Params::parse(b"a=1&a=1").is_err());
        assert!(!format!("{params:?}").contains("x y z"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_parameters_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Params::parse(&bytes);
        }
    }
}
