//! What is said of a person (OpenID Connect Core sections 2 and 5.1), and of a token (RFC 7662, RFC 9068).

use access::{AccountId, ApplicationId, Feature, License, UserId};
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::Scope;
use crate::authorize::{ONE_FACTOR, TWO_FACTORS};

/// Who a person is, as far as an application may know.
#[derive(Clone, Debug, Serialize)]
pub struct Subject {
    /// Their id, the same for every application and for ever.
    pub sub: UserId,
    /// Their license now (rule 9).
    pub license: License,
    /// What it grants now.
    pub features: Vec<Feature>,
    /// The account they are a member of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// With `profile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// With `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// With `email`: the address was proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
}

impl Subject {
    /// Only what the scope asks for.
    #[must_use]
    pub fn within(self, scope: &Scope) -> Self {
        let email = self.email.filter(|_| scope.has("email"));
        Self {
            name: self.name.filter(|_| scope.has("profile")),
            email_verified: email.as_ref().and(self.email_verified),
            email,
            ..self
        }
    }
}

/// How a person proved who they are.
#[derive(Clone, Debug, Serialize)]
pub struct Proof {
    /// When.
    #[serde(serialize_with = "seconds")]
    pub auth_time: Timestamp,
    /// The class of proof: one factor or more.
    pub acr: &'static str,
    /// The methods, by the names of RFC 8176.
    pub amr: Vec<String>,
}

impl Proof {
    /// By methods separated by spaces, as sessions keep them.
    pub fn new(auth_time: Timestamp, methods: &str) -> Self {
        let amr: Vec<String> = methods.split(' ').filter(|method| !method.is_empty()).map(str::to_owned).collect();
        let acr = if amr.iter().any(|method| method == "mfa") { TWO_FACTORS } else { ONE_FACTOR };
        Self { auth_time, acr, amr }
    }
}

/// An ID token (OpenID Connect Core section 2).
#[derive(Clone, Debug, Serialize)]
pub struct IdToken {
    /// Who says so.
    pub iss: String,
    /// To whom.
    pub aud: ApplicationId,
    /// When it stops being believed.
    #[serde(serialize_with = "seconds")]
    pub exp: Timestamp,
    /// When it was made.
    #[serde(serialize_with = "seconds")]
    pub iat: Timestamp,
    /// As in the authorization request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The session.
    pub sid: Uuid,
    /// How they proved who they are.
    #[serde(flatten)]
    pub proof: Proof,
    /// Who they are.
    #[serde(flatten)]
    pub subject: Subject,
}

/// A JWT access token (RFC 9068): true when it was made, and believed until `exp` whatever happens meanwhile.
#[derive(Clone, Debug, Serialize)]
pub struct AccessToken {
    /// Who says so.
    pub iss: String,
    /// To whom: the application it was made for.
    pub aud: ApplicationId,
    /// For whom it was made.
    pub client_id: ApplicationId,
    /// When it stops being believed.
    #[serde(serialize_with = "seconds")]
    pub exp: Timestamp,
    /// When it was made.
    #[serde(serialize_with = "seconds")]
    pub iat: Timestamp,
    /// Its id.
    pub jti: Uuid,
    /// What it allows.
    pub scope: String,
    /// The session.
    pub sid: Uuid,
    /// How they proved who they are.
    #[serde(flatten)]
    pub proof: Proof,
    /// Who they are.
    #[serde(flatten)]
    pub subject: Subject,
}

/// What a token stands for (RFC 7662 section 2.2).
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Introspection {
    /// Nothing, whatever the reason.
    Inactive {
        /// `false`.
        active: bool,
    },
    /// This.
    Active(Box<Active>),
}

/// What a token stands for now.
#[derive(Clone, Debug, Serialize)]
pub struct Active {
    /// `true`.
    pub active: bool,
    /// Who says so.
    pub iss: String,
    /// What it allows.
    pub scope: String,
    /// For which application it was made.
    pub client_id: ApplicationId,
    /// The same.
    pub aud: ApplicationId,
    /// `Bearer`; a refresh token has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    /// When it stops working by itself.
    #[serde(serialize_with = "seconds")]
    pub exp: Timestamp,
    /// When it was made.
    #[serde(serialize_with = "seconds")]
    pub iat: Timestamp,
    /// Its id.
    pub jti: Uuid,
    /// The session.
    pub sid: Uuid,
    /// The person's address, with `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// How they proved who they are.
    #[serde(flatten)]
    pub proof: Proof,
    /// Who they are.
    #[serde(flatten)]
    pub subject: Subject,
}

impl Introspection {
    /// Of a token that stands for nothing.
    pub fn inactive() -> Self {
        Self::Inactive { active: false }
    }
}

/// Seconds since 1970 (RFC 7519 section 2).
pub(crate) fn seconds<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(at.as_second())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn subject() -> Subject {
        Subject {
            sub: UserId(Uuid::nil()),
            license: License::Pro,
            features: vec![],
            account: None,
            name: Some("Ada".to_owned()),
            email: Some("ada@example.org".to_owned()),
            email_verified: Some(true),
        }
    }

    #[test]
    fn an_application_learns_what_it_asked_for() {
        let told = |scope| serde_json::to_value(subject().within(&Scope::parse(scope))).unwrap();
        let always = json!({ "sub": Uuid::nil(), "license": "Pro", "features": [] });
        assert_eq!(told("openid"), always);
        assert_eq!(told("profile")["name"], "Ada");
        let told = told("email");
        assert_eq!((&told["email"], &told["email_verified"]), (&json!("ada@example.org"), &json!(true)));
        assert_eq!(told.get("name"), None);
    }

    #[test]
    fn the_class_of_proof_follows_from_the_methods() {
        let at = Timestamp::UNIX_EPOCH;
        assert_eq!(Proof::new(at, "pwd").acr, "1");
        let two = Proof::new(at, "pwd otp mfa");
        assert_eq!((two.acr, two.amr.len()), ("2", 3));
        assert_eq!(serde_json::to_value(Introspection::inactive()).unwrap(), json!({ "active": false }));
    }
}
