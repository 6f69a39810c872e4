// npm's oidc-provider, for the benchmark: one application, and one person who is signed in. Prints where it listens and, as
// JSON, how it is asked; ends with its input. Usage: node measured_provider.mjs REDIRECT_URI
//
// It does what Carillon does: codes with PKCE, ID tokens signed with ES256, and a refresh token with each exchange, used
// once. Everything is kept in memory; its own adapter for that keeps 1,000 things and goes through all tokens of a
// grant at each new one, which would be measured.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

console.info = console.error; // what the library says of its defaults
const [back] = process.argv.slice(2);
const client = { client_id: "app", client_secret: "secret-of-the-application" };
const things = new Map();

class Kept {
  constructor(model) {
    this.key = (id) => `${model}:${id}`;
    this.indexed = model === "Session";
  }
  async upsert(id, payload) {
    things.set(this.key(id), payload);
    if (this.indexed) things.set(this.key(payload.uid), payload);
  }
  async find(id) {
    return things.get(this.key(id));
  }
  async findByUid(uid) {
    return things.get(this.key(uid));
  }
  async consume(id) {
    things.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    things.delete(this.key(id));
  }
  async revokeByGrantId() {
    throw new Error("nothing comes a second time here");
  }
}

const server = createServer();
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const address = `127.0.0.1:${server.address().port}`;
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const provider = new Provider(`http://${address}`, {
  adapter: Kept,
  clients: [
    {
      ...client,
      redirect_uris: [back],
      grant_types: ["authorization_code", "refresh_token"],
      token_endpoint_auth_method: "client_secret_post",
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "ES256" }] },
  pkce: { required: () => true },
  claims: { email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["of a benchmark"] },
  features: { devInteractions: { enabled: false } },
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, email: `${id}@example.org`, email_verified: true }),
  }),
  loadExistingGrant: async ({ oidc }) => {
    const known = oidc.session.grantIdFor(oidc.client.clientId);
    if (known) return oidc.provider.Grant.find(known);
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope("openid email");
    await grant.save();
    return grant;
  },
});
const answer = provider.callback();
server.on("request", (request, response) => {
  if (!request.url.startsWith("/interaction/")) return answer(request, response);
  return provider.interactionFinished(request, response, { login: { accountId: "ada" } });
});

// Signs the person in, as their browser would: the cookies of that are handed out.
const cookies = new Map();
const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const request = { response_type: "code", client_id: client.client_id, redirect_uri: back, scope: "openid email" };
const query = new URLSearchParams({ ...request, code_challenge: challenge, code_challenge_method: "S256" });
let next = `http://${address}/auth?${query}`;
while (!next.startsWith(back)) {
  const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
  const response = await fetch(next, { redirect: "manual", headers: { cookie } });
  for (const set of response.headers.getSetCookie()) {
    const [name, value] = set.split(";")[0].split(/=(.*)/);
    if (value) cookies.set(name, value);
    else cookies.delete(name);
  }
  const to = response.headers.get("location");
  if (!to) throw new Error(`not sent on from ${next}: ${response.status} ${await response.text()}`);
  next = new URL(to, next).href;
}
const session = [...cookies].filter(([name]) => name.startsWith("_session"));
const cookie = session.map((pair) => pair.join("=")).join("; ");
console.log(address);
console.log(JSON.stringify({ ...client, authorize: "/auth", token: "/token", cookie }));
process.stdin.on("end", () => process.exit()).resume();
