//! What an application asks for (RFC 6749 section 3.3). What Carillon does not know is left out, and the answer says so.

use std::collections::BTreeSet;

/// A set of scopes, of those there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope(BTreeSet<&'static str>);

impl Scope {
    /// Every scope there is, in the order they are shown in.
    pub const KNOWN: [&'static str; 4] = ["openid", "profile", "email", "offline_access"];

    /// From names separated by spaces.
    pub fn parse(text: &str) -> Self {
        let known = |name: &str| Self::KNOWN.into_iter().find(|known| *known == name);
        Self(text.split(' ').filter_map(known).collect())
    }

    /// Whether a scope is in it.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Whether all of it is in another.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// All of both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(&self.0 | &other.0)
    }

    /// The names, in the order they are shown in.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        Self::KNOWN.into_iter().filter(|name| self.has(name))
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.names().collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_left_out() {
        let scope = Scope::parse("profile openid phone openid");
        assert_eq!(scope.to_string(), "openid profile");
        assert!(Scope::parse("openid").is_within(&scope) && !Scope::parse("email").is_within(&scope));
        assert_eq!(scope.and(&Scope::parse("email")).to_string(), "openid profile email");
    }
}
