// Signs people in with openid-client, as the configurations that `carillon application create` printed say it, and then
// as its documentation does: the whole life of a sign-in, and its end by every change that must end it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import * as client from "openid-client";
import { Person, administer } from "./person.mjs";

const { applications, grace, ada, account } = JSON.parse(await readFile("openid.json", "utf8"));
const { wiki, page, api, foreign } = applications;
const issuer = new URL(process.env.CARILLON_URL);
const redirect_uri = wiki.client.redirect_uris[0];

const discovered = async ({ client_id, client_secret }, authentication, metadata = {}) => {
  const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks];
  return client.discovery(issuer, client_id, { client_secret, ...metadata }, authentication, { execute });
};

// Sends the person with a request, and exchanges what they bring back.
const signIn = async (config, person, parameters = {}, checks = {}) => {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const to = client.buildAuthorizationUrl(config, {
    redirect_uri, scope: "openid profile email", state: expectedState, nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: "S256",
    ...parameters,
  });
  const back = await person.go(to, parameters.consent);
  if (!(back instanceof URL)) return { page: back };
  const finish = (url = back) =>
    client.authorizationCodeGrant(config, url, { pkceCodeVerifier, expectedState, expectedNonce, ...checks });
  return { back, finish };
};

const tokensOf = async (config, person, parameters, checks) => (await signIn(config, person, parameters, checks)).finish();
const fails = (error) => (thrown) => thrown.error === error || thrown.cause?.error === error;
const refreshed = (config, tokens) => client.refreshTokenGrant(config, tokens.refresh_token);
const active = async (config, token) => (await client.tokenIntrospection(config, token)).active;
const userinfo = (config, tokens) =>
  client.fetchUserInfo(config, tokens.access_token, client.skipSubjectCheck).then((told) => told, () => null);

async function asPrinted(name) {
  const { begin, finish } = await import(pathToFileURL(`${name}.mjs`));
  const { to, checks } = await begin();
  const { tokens, claims } = await finish(await new Person(grace).go(to), checks);
  assert.equal(claims.email, grace.address);
  assert.equal(claims.license, "Pro");
  assert.ok(claims.features.includes("meetings.host") && claims.account === grace.account && tokens.refresh_token);
}

async function theLifeOfTokens(config) {
  const person = new Person(grace);
  const { back, finish } = await signIn(config, person);
  const tokens = await finish();
  const told = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert.deepEqual([told.email, told.license], [grace.address, "Pro"]);
  const { active: works, username, client_id } = await client.tokenIntrospection(config, tokens.access_token);
  assert.deepEqual([works, username, client_id], [true, grace.address, wiki.client_id]);
  const next = await refreshed(config, tokens);
  assert.equal(next.claims().sub, tokens.claims().sub);
  await assert.rejects(refreshed(config, tokens), fails("invalid_grant"), "used before");
  await assert.rejects(refreshed(config, next), fails("invalid_grant"), "so its family is over");
  assert.equal(await active(config, next.access_token), false);

  const again = await signIn(config, person);
  const first = await again.finish();
  await assert.rejects(again.finish(), fails("invalid_grant"), "a code is good once");
  assert.equal(await userinfo(config, first), null);

  const given = await tokensOf(config, person);
  await client.tokenRevocation(config, given.access_token);
  assert.equal(await active(config, given.access_token), false);
  assert.equal(await active(config, given.refresh_token), true);
  await client.tokenRevocation(config, given.refresh_token);
  await assert.rejects(refreshed(config, given), fails("invalid_grant"));

  const elsewhere = new URL(back);
  elsewhere.searchParams.set("iss", "https://another.example");
  await assert.rejects(finish(elsewhere), ({ cause }) => /"iss"/.test(cause.message), "mix-up is found out");
}

async function promptsAndAges(config) {
  const person = new Person(grace);
  const none = await signIn(config, new Person(grace), { prompt: "none" });
  await assert.rejects(none.finish(), fails("login_required"));
  const first = (await tokensOf(config, person, { login_hint: grace.address })).claims();
  assert.deepEqual([first.acr, first.amr], ["1", ["pwd"]]);
  const silent = await tokensOf(config, person, { prompt: "none", max_age: "3600" }, { maxAge: 3600 });
  assert.equal(silent.claims().auth_time, first.auth_time);
  for (const prompt of ["login", "select_account"]) {
    const cookie = [...person.cookies.values()].join();
    await tokensOf(config, person, { prompt, max_age: "0" }, { maxAge: 0 });
    assert.notEqual([...person.cookies.values()].join(), cookie, `${prompt}: they signed in again`);
  }
  const other = new Person(ada);
  const hint = { id_token_hint: silent.id_token, prompt: "none" };
  assert.ok((await tokensOf(config, person, hint)).access_token);
  await tokensOf(config, other);
  await assert.rejects((await signIn(config, other, hint)).finish(), fails("login_required"), "somebody else");
}

async function consent() {
  const config = await discovered(foreign, client.ClientSecretBasic(foreign.client_secret));
  const person = new Person(grace);
  await assert.rejects((await signIn(config, person, { consent: "deny" })).finish(), fails("access_denied"));
  await assert.rejects((await signIn(config, person, { prompt: "none" })).finish(), fails("consent_required"));
  assert.ok((await tokensOf(config, person)).access_token);
  assert.ok((await tokensOf(config, person, { prompt: "none" })).access_token, "they are asked once");
}

async function jwtAccessTokens() {
  const metadata = { id_token_signed_response_alg: "RS256" };
  const config = await discovered(api, client.ClientSecretPost(api.client_secret), metadata);
  const tokens = await tokensOf(config, new Person(grace));
  assert.deepEqual([tokens.expires_in, tokens.access_token.split(".").length], [300, 3]);
}

async function signingOut(config) {
  const person = new Person(grace);
  const tokens = await tokensOf(config, person);
  const [post_logout_redirect_uri] = wiki.client.post_logout_redirect_uris;
  const asked = { id_token_hint: tokens.id_token, post_logout_redirect_uri, state: "s" };
  const to = client.buildEndSessionUrl(config, asked);
  assert.equal((await person.go(to)).href, `${post_logout_redirect_uri}?state=s`);
  assert.equal(await userinfo(config, tokens), null);
  await assert.rejects(refreshed(config, tokens), fails("invalid_grant"));
}

// Every door says no, the moment the change was answered; and nothing of it works when the change is taken back.
async function endings(config) {
  const users = { users: [ada.id] };
  const of = `/accounts/${account}`;
  for (const [what, change, undo] of [
    ["suspended", () => administer(`${of}/users/suspend`, users), () => administer(`${of}/users/activate`, users)],
    ["signed out", () => administer(`${of}/users/log-out`, users)],
    ["blocked", () => administer("/users/block", users), () => administer("/users/unblock", users)],
    ["its domain released", () => administer(`${of}/domains/corp.example/release`, {})],
  ]) {
    const person = new Person(ada);
    const tokens = await tokensOf(config, person);
    const offline = await tokensOf(config, person, { scope: "openid offline_access" });
    const { finish } = await signIn(config, person);
    await change();
    for (const round of [what, `no more ${what}`]) {
      assert.equal(await userinfo(config, tokens), null, round);
      assert.equal(await active(config, tokens.access_token), false, round);
      await assert.rejects(refreshed(config, tokens), fails("invalid_grant"), round);
      await assert.rejects(refreshed(config, offline), fails("invalid_grant"), round);
      const silent = await signIn(config, person, { prompt: "none" });
      await assert.rejects(silent.finish(), fails("login_required"), round);
      if (undo && round === what) await undo();
    }
    await assert.rejects(finish(), fails("invalid_grant"), what);
  }
}

await asPrinted("wiki");
await asPrinted("page");
const post = await discovered(wiki, client.ClientSecretPost(wiki.client_secret));
const basic = await discovered(wiki, client.ClientSecretBasic(wiki.client_secret));
await theLifeOfTokens(post);
await theLifeOfTokens(basic);
const guess = await discovered(wiki, client.ClientSecretPost("guess"));
await assert.rejects(tokensOf(guess, new Person(grace)), client.WWWAuthenticateChallengeError);
const open = await discovered(page, client.None());
assert.ok((await refreshed(open, await tokensOf(open, new Person(grace)))).access_token);
await promptsAndAges(basic);
await consent();
await jwtAccessTokens();
await signingOut(post);
await endings(basic);
