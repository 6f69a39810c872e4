//! The cases of AWS's published Signature Version 4 test suite, with the suite's own signatures.
//!
//! The suite's requests are those of any service; where Carillon is stricter the case is here all the same,
//! as a refusal: paths to be normalised (dot segments, empty segments) and session tokens.

use carillon_chime::{Error, ErrorKind, sigv4};
use jiff::Timestamp;

const SECRET: &[u8] = b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const HOST: (&str, &[u8]) = ("Host", b"example.amazonaws.com");
const DATE: (&str, &[u8]) = ("X-Amz-Date", b"20150830T123600Z");
const FORM_HASH: &[u8] = b"9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e";
const UNRESERVED: &str = "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const UNRESERVED_QUERY: &str = "/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const GET_VANILLA: &str = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
const POST_VANILLA: &str = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b";
const POST_QUERY: &str = "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11";
const GET_SPACE: &str = "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741";

/// name, method, target, headers beside Host and X-Amz-Date, signed headers, body, signature.
type Case<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, &'a [u8])], &'a str, &'a [u8], &'a str);

#[rustfmt::skip]
const ACCEPTED: &[Case<'static>] = &[
    ("get-vanilla", "GET", "/", &[], "host;x-amz-date", b"", GET_VANILLA),
    ("get-vanilla-query", "GET", "/", &[], "host;x-amz-date", b"", GET_VANILLA),
    ("get-vanilla-empty-query-key", "GET", "/?Param1=value1", &[], "host;x-amz-date", b"",
        "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"),
    ("get-vanilla-query-order-encoded", "GET", "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1", &[],
        "host;x-amz-date", b"", "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"),
    ("get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", &[],
        "host;x-amz-date", b"", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    ("get-vanilla-query-unreserved", "GET", UNRESERVED_QUERY, &[], "host;x-amz-date", b"",
        "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
    ("get-vanilla-utf8-query", "GET", "/?\u{1234}=bar", &[], "host;x-amz-date", b"",
        "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
    ("get-unreserved", "GET", UNRESERVED, &[], "host;x-amz-date", b"",
        "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
    ("get-utf8", "GET", "/\u{1234}", &[], "host;x-amz-date", b"",
        "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
    ("get-space-unnormalized", "GET", "/example space/", &[], "host;x-amz-date", b"", GET_SPACE),
    ("get-header-key-duplicate", "GET", "/",
        &[("My-Header1", b"value2"), ("My-Header1", b"value2"), ("My-Header1", b"value1")],
        "host;my-header1;x-amz-date", b"",
        "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
    ("get-header-value-multiline", "GET", "/", &[("My-Header1", b"value1\n  value2\n     value3")],
        "host;my-header1;x-amz-date", b"",
        "cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd"),
    ("get-header-value-order", "GET", "/",
        &[("My-Header1", b"value4"), ("My-Header1", b"value1"), ("My-Header1", b"value3"),
          ("My-Header1", b"value2")],
        "host;my-header1;x-amz-date", b"",
        "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"),
    ("get-header-value-trim", "GET", "/",
        &[("My-Header1", b" value1"), ("My-Header2", b" \"a   b   c\"")],
        "host;my-header1;my-header2;x-amz-date", b"",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
    ("post-vanilla", "POST", "/", &[], "host;x-amz-date", b"", POST_VANILLA),
    ("post-header-key-case", "POST", "/", &[], "host;x-amz-date", b"", POST_VANILLA),
    ("post-header-key-sort", "POST", "/", &[("My-Header1", b"value1")],
        "host;my-header1;x-amz-date", b"",
        "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
    ("post-header-value-case", "POST", "/", &[("My-Header1", b"VALUE1")],
        "host;my-header1;x-amz-date", b"",
        "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
    ("post-vanilla-query", "POST", "/?Param1=value1", &[], "host;x-amz-date", b"", POST_QUERY),
    ("post-vanilla-empty-query-value", "POST", "/?Param1=value1", &[], "host;x-amz-date", b"", POST_QUERY),
    ("post-x-www-form-urlencoded", "POST", "/",
        &[("Content-Type", b"application/x-www-form-urlencoded"), ("Content-Length", b"13"),
          ("x-amz-content-sha256", FORM_HASH)],
        "content-length;content-type;host;x-amz-content-sha256;x-amz-date", b"Param1=value1",
        "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b"),
    ("post-x-www-form-urlencoded-parameters", "POST", "/",
        &[("Content-Type", b"application/x-www-form-urlencoded; charset=utf-8"),
          ("Content-Length", b"13"), ("x-amz-content-sha256", FORM_HASH)],
        "content-length;content-type;host;x-amz-content-sha256;x-amz-date", b"Param1=value1",
        "328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422"),
];

/// Signed rightly, and refused by us: name, target, more headers, signed headers, signature, the refusal.
type Refused<'a> = (&'a str, &'a str, &'a [(&'a str, &'a [u8])], &'a str, &'a str, ErrorKind);

const TOKEN: &[(&str, &[u8])] =
    &[("X-Amz-Security-Token", b"6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267")];

#[rustfmt::skip]
const REFUSED: &[Refused<'static>] = &[
    ("get-relative-normalized", "/example/..", &[], "host;x-amz-date", GET_VANILLA, ErrorKind::BadRequest),
    ("get-relative-unnormalized", "/example/..", &[], "host;x-amz-date",
        "eca7ead57bb5aa5c8e28007acd4ff04e1ff9a0ff3b237ec1554a184887ff9282", ErrorKind::BadRequest),
    ("get-relative-relative-normalized", "/example1/example2/../..", &[], "host;x-amz-date", GET_VANILLA,
        ErrorKind::BadRequest),
    ("get-relative-relative-unnormalized", "/example1/example2/../..", &[], "host;x-amz-date",
        "dc33e0856fd4baca4d7aa2146c38958283844764f38c74252a333df5e613003b", ErrorKind::BadRequest),
    ("get-slash-normalized", "//", &[], "host;x-amz-date", GET_VANILLA, ErrorKind::BadRequest),
    ("get-slash-unnormalized", "//", &[], "host;x-amz-date",
        "c88bcd3d312d75078c0cd961d6deae3f4c754924b01669efcfcb439fd5e5b76e", ErrorKind::BadRequest),
    ("get-slashes-normalized", "//example//", &[], "host;x-amz-date",
        "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84", ErrorKind::BadRequest),
    ("get-slashes-unnormalized", "//example//", &[], "host;x-amz-date",
        "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5", ErrorKind::BadRequest),
    ("get-slash-dot-slash-normalized", "/./", &[], "host;x-amz-date", GET_VANILLA, ErrorKind::BadRequest),
    ("get-slash-dot-slash-unnormalized", "/./", &[], "host;x-amz-date",
        "68714168e6557f8f2de0ef956fc24dc2593a4bd2961f8df51898d8a134695145", ErrorKind::BadRequest),
    ("get-slash-pointless-dot-normalized", "/./example", &[], "host;x-amz-date",
        "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5", ErrorKind::BadRequest),
    ("get-slash-pointless-dot-unnormalized", "/./example", &[], "host;x-amz-date",
        "beb03f223f7deae4146464f06e29eebbee9c8afbe15c290cf07aa8b119e14cff", ErrorKind::BadRequest),
    ("get-vanilla-with-session-token", "/", TOKEN, "host;x-amz-date;x-amz-security-token",
        "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8", ErrorKind::UnrecognizedClient),
    ("post-sts-header-before", "/", TOKEN, "host;x-amz-date;x-amz-security-token",
        "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead", ErrorKind::UnrecognizedClient),
    ("post-sts-header-after", "/", TOKEN, "host;x-amz-date", POST_VANILLA, ErrorKind::UnrecognizedClient),
    // The suite encodes an already encoded path once, as S3 wants it; Chime's clients encode it again.
    ("get-space-normalized", "/example%20space/", &[], "host;x-amz-date", GET_SPACE,
        ErrorKind::SignatureDoesNotMatch),
];

fn check(
    method: &str,
    target: &str,
    more: &[(&str, &[u8])],
    signed: &str,
    body: &[u8],
    signature: &str,
) -> Result<(), Error> {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
         SignedHeaders={signed}, Signature={signature}"
    );
    let mut headers = vec![HOST, DATE, ("Authorization", authorization.as_bytes())];
    headers.extend(more);
    let now: Timestamp = "2015-08-30T12:36:00Z".parse().unwrap();
    let presented = sigv4::parse("service", method, target, &headers)?;
    assert_eq!(presented.access_key_id(), "AKIDEXAMPLE");
    presented.verify(Some(SECRET), body, now)
}

#[test]
fn the_published_signatures_verify() {
    for &(name, method, target, more, signed, body, signature) in ACCEPTED {
        assert_eq!(check(method, target, more, signed, body, signature), Ok(()), "{name}");
    }
}

#[test]
fn what_carillon_refuses_of_the_suite() {
    for &(name, target, more, signed, signature, kind) in REFUSED {
        let method = if name.starts_with("post") { "POST" } else { "GET" };
        let refusal = check(method, target, more, signed, b"", signature).unwrap_err();
        assert_eq!(refusal.kind, kind, "{name}: {refusal}");
    }
}

/// Not of the first suite: an ARN in a path, encoded twice in the canonical request as every service but S3
/// wants it.
#[test]
fn an_encoded_path_is_encoded_again() {
    let authorization: &[u8] = b"AWS4-HMAC-SHA256 \
        Credential=AKIDEXAMPLE/20210511/us-east-2/lambda/aws4_request, SignedHeaders=host;x-amz-date, \
        Signature=4b93abbcc68be32bd64c18e2c71150660ab4c29bbd6c32a383a7517a88fc1804";
    let headers: [(&str, &[u8]); 3] = [
        ("host", b"lambda.us-east-2.amazonaws.com"),
        ("x-amz-date", b"20210511T154045Z"),
        ("authorization", authorization),
    ];
    let target =
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-west-2%3A892717189312%3Afunction%3Amy-rusty-fun/invocations";
    let now: Timestamp = "2021-05-11T15:40:45Z".parse().unwrap();
    let presented = sigv4::parse("lambda", "POST", target, &headers).unwrap();
    assert_eq!(presented.verify(Some(SECRET), b"", now), Ok(()));
}

/// A signature for another service is none for this one, however right.
#[test]
fn the_service_must_be_ours() {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature={GET_VANILLA}"
    );
    let headers = [HOST, DATE, ("Authorization", authorization.as_bytes())];
    assert!(sigv4::parse("service", "GET", "/", &headers).is_ok());
    let refusal = sigv4::parse(sigv4::SERVICE, "GET", "/", &headers).unwrap_err();
    assert_eq!(refusal.kind, ErrorKind::SignatureDoesNotMatch);
}
