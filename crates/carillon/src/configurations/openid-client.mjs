// npm install openid-client
import * as client from "openid-client";

const config = await client.discovery(new URL("{issuer}"), "{client_id}"{authentication});

// Send the person to what `begin` gives as `to`; keep `checks` in their session until they come back.
export async function begin() {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() };
  const to = client.buildAuthorizationUrl(config, {
    redirect_uri: "{redirect_uri}",
    scope: "openid profile email",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  return { to: to.href, checks };
}

// They came back to `url`: who they are, and their license and features.
export async function finish(url, checks) {
  const tokens = await client.authorizationCodeGrant(config, new URL(url), checks);
  return { tokens, claims: tokens.claims() };
}
