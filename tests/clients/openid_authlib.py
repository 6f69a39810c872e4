"""Signs a person in with Authlib, by the Flask application that `carillon application create` printed, and verifies a
JWT access token with the published keys alone, as an API would (RFC 9068)."""

import json
import os
import runpy
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

URL = os.environ["CARILLON_URL"]
FACTS = json.loads(Path("openid.json").read_text())
GRACE = FACTS["grace"]


def signed_in(browser: requests.Session, to: str) -> str:
    """Goes where the application sends them, signs in when asked, and returns where they are sent back to."""
    answer = browser.get(to, allow_redirects=False)
    while (at := answer.headers["location"]) and not at.startswith("http://127.0.0.1:5000/"):
        path = at.removeprefix(URL)
        if path.startswith("/signin"):
            form = {"address": GRACE["address"], "password": GRACE["password"]}
            answer = browser.post(URL + path, data=form, allow_redirects=False)
        else:
            answer = browser.get(URL + path, allow_redirects=False)
    return at


def as_printed() -> None:
    app = runpy.run_path("wiki.py")["app"].test_client()
    to = app.get("/login").headers["location"]
    assert "code_challenge_method=S256" in to and "nonce=" in to, to
    back = urlsplit(signed_in(requests.Session(), to))
    told = app.get(f"{back.path}?{back.query}")
    assert told.status_code == 200, told.text
    claims = told.json
    assert (claims["email"], claims["license"]) == (GRACE["address"], "Pro"), claims
    assert "meetings.host" in claims["features"], claims


def by_hand() -> None:
    api = FACTS["applications"]["api"]
    metadata = requests.get(api["discovery_url"], timeout=60).json()
    session = OAuth2Session(
        api["client_id"], api["client_secret"], scope="openid profile", redirect_uri="http://127.0.0.1:5000/callback",
        code_challenge_method="S256", token_endpoint_auth_method="client_secret_basic",
    )
    verifier = "v" * 64
    to, _ = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
    back = signed_in(requests.Session(), to)
    assert parse_qs(urlsplit(back).query)["iss"] == [metadata["issuer"]]
    tokens = session.fetch_token(metadata["token_endpoint"], authorization_response=back, code_verifier=verifier)
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=60).json())
    token = jwt.decode(tokens["access_token"], keys, algorithms=["RS256"])
    assert token.header["typ"] == "at+jwt", token.header
    claims = token.claims
    assert (claims["iss"], claims["aud"], claims["client_id"]) == (URL, api["client_id"], api["client_id"])
    assert (claims["exp"] - claims["iat"], claims["scope"]) == (300, "openid profile"), claims
    assert claims["sub"] == GRACE["id"] and claims["jti"], claims
    newer = session.refresh_token(metadata["token_endpoint"], tokens["refresh_token"])
    assert newer["refresh_token"] != tokens["refresh_token"]
    asked = session.introspect_token(metadata["introspection_endpoint"], newer["access_token"]).json()
    assert asked["active"] and asked["sub"] == GRACE["id"], asked
    session.revoke_token(metadata["revocation_endpoint"], newer["refresh_token"])
    asked = session.introspect_token(metadata["introspection_endpoint"], newer["access_token"]).json()
    assert asked == {"active": False}, asked


as_printed()
by_hand()
