//! Keys and signatures (RFC 7515, 7517, 7518).

use access::application::SigningAlgorithm;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair};
use jsonwebtoken::jwk::{Jwk, KeyAlgorithm, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::Serialize;
use serde_json::Value;

/// Something is wrong with a key. Says nothing of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadKey;

impl std::fmt::Display for BadKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a signing key cannot be used")
    }
}

impl std::error::Error for BadKey {}

/// A new key. Its id is the thumbprint of its public half (RFC 7638).
pub struct Generated {
    /// The `kid`.
    pub id: String,
    /// The public half as a JWK.
    pub published: Value,
    /// The private half, PKCS #8 in PEM. Secret.
    pub private: String,
}

/// Makes a key, with randomness of the library's own: a P-256 key, or an RSA key of 2048 bits.
pub fn generate(algorithm: SigningAlgorithm) -> Result<Generated, BadKey> {
    let der = match algorithm {
        SigningAlgorithm::ES256 => {
            let random = SystemRandom::new();
            let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(|_| BadKey)?;
            key.as_ref().to_vec()
        }
        SigningAlgorithm::RS256 => {
            let key = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| BadKey)?;
            let der: Pkcs8V1Der<'_> = key.as_der().map_err(|_| BadKey)?;
            der.as_ref().to_vec()
        }
    };
    let private = pem::encode(&pem::Pem::new("PRIVATE KEY", der));
    let mut published =
        Jwk::from_encoding_key(&encoding(algorithm, &private)?, named(algorithm)).map_err(|_| BadKey)?;
    let id = published.thumbprint(ThumbprintHash::SHA256).map_err(|_| BadKey)?;
    published.common.key_id = Some(id.clone());
    published.common.public_key_use = Some(PublicKeyUse::Signature);
    Ok(Generated { id, published: serde_json::to_value(published).map_err(|_| BadKey)?, private })
}

/// A private key, ready to sign.
#[derive(Clone)]
pub struct Signer {
    id: String,
    algorithm: SigningAlgorithm,
    key: EncodingKey,
}

impl Signer {
    /// From what [`generate`] made.
    pub fn new(id: &str, algorithm: SigningAlgorithm, private: &str) -> Result<Self, BadKey> {
        Ok(Self { id: id.to_owned(), algorithm, key: encoding(algorithm, private)? })
    }

    /// A JWT of claims (RFC 7519); `kind` is its `typ`.
    pub fn sign(&self, kind: &str, claims: &impl Serialize) -> Result<String, BadKey> {
        let mut header = Header::new(named(self.algorithm));
        header.typ = Some(kind.to_owned());
        header.kid = Some(self.id.clone());
        jsonwebtoken::encode(&header, claims, &self.key).map_err(|_| BadKey)
    }
}

/// The claims of a token of our own, whenever it was made (OpenID Connect RP-Initiated Logout section 2: an ID token
/// that has expired is a hint still). `None` when we did not sign it, or it says so of somebody else.
pub fn own_claims<'k>(token: &str, published: impl Iterator<Item = &'k Value>, issuer: &str) -> Option<Value> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    let mut keys = published.filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok());
    let signed = (header.kid, Some(KeyAlgorithm::from(header.alg)));
    let key = keys.find(|key| (&key.common.key_id, &key.common.key_algorithm) == (&signed.0, &signed.1))?;
    let mut validation = Validation::new(header.alg);
    validation.set_issuer(&[issuer]);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.set_required_spec_claims(&["iss"]);
    let token = jsonwebtoken::decode::<Value>(token, &DecodingKey::from_jwk(&key).ok()?, &validation);
    Some(token.ok()?.claims)
}

fn named(algorithm: SigningAlgorithm) -> Algorithm {
    match algorithm {
        SigningAlgorithm::ES256 => Algorithm::ES256,
        SigningAlgorithm::RS256 => Algorithm::RS256,
    }
}

fn encoding(algorithm: SigningAlgorithm, private: &str) -> Result<EncodingKey, BadKey> {
    let key = match algorithm {
        SigningAlgorithm::ES256 => EncodingKey::from_ec_pem(private.as_bytes()),
        SigningAlgorithm::RS256 => EncodingKey::from_rsa_pem(private.as_bytes()),
    };
    key.map_err(|_| BadKey)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://id.example.org";

    static KEY: LazyLock<(Value, String)> = LazyLock::new(|| {
        let key = generate(SigningAlgorithm::ES256).unwrap();
        let signer = Signer::new(&key.id, SigningAlgorithm::ES256, &key.private).unwrap();
        (key.published, signer.sign("JWT", &json!({ "iss": ISSUER, "sub": "x" })).unwrap())
    });

    proptest! {
        #[test]
        fn anything_but_what_was_signed_says_nothing(
            text in ".{0,80}",
            at in any::<prop::sample::Index>(),
            byte in prop::sample::select(b"AaZz09-_.".to_vec()),
        ) {
            let (published, token) = &*KEY;
            let claims = |token: &str| own_claims(token, [published].into_iter(), ISSUER);
            prop_assert!(claims(&text).is_none());
            let longer = [token.as_str(), &text].concat();
            prop_assert!(claims(&longer).is_none() || text.is_empty());
            let mut altered = token.clone().into_bytes();
            let at = at.index(altered.len());
            altered[at] = byte;
            let altered = String::from_utf8(altered).unwrap();
            prop_assert_eq!(claims(&altered).is_some(), altered == *token);
        }
    }

    #[test]
    fn what_a_key_signs_its_public_half_verifies() {
        for algorithm in SigningAlgorithm::ALL {
            let key = generate(algorithm).unwrap();
            let other = generate(algorithm).unwrap();
            let published = key.published.to_string();
            assert_eq!((&key.published["alg"], &key.published["use"]), (&json!(algorithm.name()), &json!("sig")));
            assert!(key.published.get("d").is_none() && !published.contains("PRIVATE"), "{published}");
            let signer = Signer::new(&key.id, algorithm, &key.private).unwrap();
            let token = signer.sign("JWT", &json!({ "iss": "https://id.example.org", "exp": 1 })).unwrap();
            let claims = |token: &str, keys: &[&Value], issuer| own_claims(token, keys.iter().copied(), issuer);
            let issuer = "https://id.example.org";
            assert!(claims(&token, &[&other.published, &key.published], issuer).is_some());
            assert!(claims(&token, &[&other.published], issuer).is_none());
            assert!(claims(&token, &[&key.published], "https://other.example.org").is_none());
            let (head, signature) = token.rsplit_once('.').unwrap();
            let altered = format!("{head}.{}", signature.chars().rev().collect::<String>());
            assert!(claims(&altered, &[&key.published], issuer).is_none());
        }
    }

    #[test]
    fn an_unsigned_token_says_nothing() {
        let key = generate(SigningAlgorithm::ES256).unwrap();
        let encode = |value: Value| {
            use base64::Engine;
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string())
        };
        for algorithm in ["none", "HS256"] {
            let header = encode(json!({ "alg": algorithm, "kid": key.id }));
            let token = format!("{header}.{}.", encode(json!({ "iss": "https://id.example.org" })));
            assert!(own_claims(&token, [&key.published].into_iter(), "https://id.example.org").is_none());
        }
    }
}
