// npm install openid-client
import * as client from "openid-client";

const config = await client.discovery(new URL("{issuer}"), "{client_id}"{authentication});
const redirect_uri = "{redirect_uri}";

// Send the person to what `begin` gives as `to`; keep the rest in their session until they come back.
export async function begin() {
  const checks = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), expectedNonce: client.randomNonce() };
  const code_challenge = await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier);
  const to = client.buildAuthorizationUrl(config, { redirect_uri, scope: "openid profile email", code_challenge, code_challenge_method: "S256", state: checks.expectedState, nonce: checks.expectedNonce });
  return { to: to.href, checks };
}

// They came back to `url`: who they are, and their license and features.
export async function finish(url, checks) {
  const tokens = await client.authorizationCodeGrant(config, new URL(url), checks);
  return { tokens, claims: tokens.claims() };
}
