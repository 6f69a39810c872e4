// Signing in at a foreign OpenID provider (npm oidc-provider) in Chromium: who is let in, who must confirm, who is not.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { browse, device, patience } from "./browser.mjs";
import { people, signInThere, upstream } from "./signing_in/upstream.mjs";

const url = process.env.CARILLON_URL;
const demo = JSON.parse(readFileSync("demo.json", "utf8"));
const by = (address) => demo.users.find((user) => user.address === address);
const grace = by("grace@example.com");

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const sees = (page, title) => page.locator("h1", { hasText: title }).waitFor();
const says = (page, text) => page.locator("main", { hasText: text }).waitFor();

/// Adds the upstream as a provider.
async function add(issuer, wish) {
  const id = wish.account ? "corp" : "everybody";
  const body = JSON.stringify({ issuer, client_id: id, client_secret: `secret of ${id}`, ...wish });
  const headers = { authorization: `Bearer ${process.env.CARILLON_API_TOKEN}`, "content-type": "application/json" };
  const answer = await fetch(`${url}/api/v1/providers`, { method: "POST", headers, body });
  const said = await answer.text();
  assert.equal(answer.status, 201, said);
  assert.ok(!said.includes("secret"), "the secret is not shown");
  return { id, secret: `secret of ${id}`, back: `${url}/signin/upstream/${JSON.parse(said).id}` };
}

const elsewhere = await upstream();
const { id: account, domain } = demo.accounts.enterprise;
const everybody = await add(elsewhere.issuer, { name: "Example ID" });
const corp = await add(elsewhere.issuer, { name: "Corp login", account, domains: [domain] });
elsewhere.open([everybody, corp]);
try {
  await browse(async (first) => {
    const tab = async () => {
      const page = await (await first.context().browser().newContext()).newPage();
      page.setDefaultTimeout(patience);
      return page;
    };
    for (const flow of [newcomers, refused, existing, byPasskey, connecting, byDomain, answers]) {
      try {
        await flow(tab);
      } catch (error) {
        error.message = `${flow.name}: ${error.message}`;
        throw error;
      }
    }
  });
} finally {
  elsewhere.close();
}

/// Goes to the deployment's provider from the sign-in page.
async function away(page) {
  await page.goto(`${url}/signin?then=/me/security`);
  await press(page, "Continue there");
}

async function withAddress(page, address) {
  await page.goto(`${url}/signin?then=/me`);
  await page.getByLabel("E-mail address").fill(address);
  await press(page, "Continue");
}

async function newcomers(tab) {
  for (const visit of ["registers", "comes back"]) {
    const page = await tab();
    await away(page);
    await signInThere(page, "new@elsewhere.example");
    await sees(page, "Signing in and security");
    await says(page, "Signs you in since");
    if (visit === "comes back") {
      // The only way in that they have.
      await press(page, "Remove this link");
      await says(page, "last way to sign in");
    }
    await page.context().close();
  }
  // Known by the subject, whatever the address is by now.
  people.set("new@elsewhere.example", { email: grace.address });
  const page = await tab();
  await away(page);
  await signInThere(page, "new@elsewhere.example");
  await sees(page, "Signing in and security");
  await page.goto(`${url}/me`);
  await says(page, "new@elsewhere.example");
  await page.context().close();
}

async function refused(tab) {
  people.set("unverified@elsewhere.example", { email_verified: false });
  people.set("silent@elsewhere.example", { email: undefined, email_verified: undefined });
  people.set("liar@elsewhere.example", { email: "barbara@corp.example" });
  for (const [person, why] of [
    ["unverified@elsewhere.example", "does not vouch"],
    ["silent@elsewhere.example", "does not vouch"],
    ["liar@elsewhere.example", "An organisation manages this address"],
  ]) {
    const page = await tab();
    await away(page);
    await signInThere(page, person);
    await sees(page, "You are not signed in");
    await says(page, why);
    await page.context().close();
  }
}

async function existing(tab) {
  const page = await tab();
  await away(page);
  await signInThere(page, grace.address);
  await sees(page, "Is it you?");
  await page.getByLabel("Password").fill("not her password");
  await press(page, "Confirm");
  await says(page, "wrong");
  // Not confirmed, not linked.
  const other = await tab();
  await away(other);
  await signInThere(other, grace.address);
  await sees(other, "Is it you?");
  await page.getByLabel("Password").fill(grace.password);
  await press(page, "Confirm");
  await sees(page, "Signing in and security");
  await page.context().close();
  await other.context().close();
  const again = await tab();
  await away(again);
  await signInThere(again, grace.address);
  await sees(again, "Signing in and security");
  await press(again, "Remove this link");
  await says(again, "That provider signs you in no more.");
  await again.context().close();
}

async function byPasskey(tab) {
  const page = await tab();
  await device(page);
  await page.goto(`${url}/signin?then=/me/security`);
  await page.getByLabel("E-mail address").fill(grace.address);
  await press(page, "Continue");
  await page.getByLabel("Password").fill(grace.password);
  await press(page, "Sign in");
  await page.getByLabel("Name of the passkey").fill("Blue key");
  await press(page, "Add a passkey");
  await sees(page, "Signing in and security");
  await page.context().clearCookies();
  // On the page that asks for it, it confirms that it is her.
  await away(page);
  await signInThere(page, grace.address);
  await sees(page, "Is it you?");
  await press(page, "Confirm with a passkey");
  await sees(page, "Signing in and security");
  await says(page, "Signs you in since");
  await press(page, "Remove this link");
  await says(page, "That provider signs you in no more.");
  // On any other page it signs her in, and nothing else: the provider's word stays what it was.
  await page.context().clearCookies();
  await away(page);
  await signInThere(page, grace.address);
  await sees(page, "Is it you?");
  await page.goto(`${url}/signin?then=/me/security`);
  await press(page, "Use a passkey");
  await sees(page, "Signing in and security");
  assert.ok(!(await page.locator("main").innerText()).includes("Signs you in since"), "not linked");
  await page.context().close();
}

async function connecting(tab) {
  const page = await tab();
  await page.goto(`${url}/signin?then=/me/security`);
  await page.getByLabel("E-mail address").fill(grace.address);
  await press(page, "Continue");
  await page.getByLabel("Password").fill("mistyped, and then right");
  await press(page, "Sign in");
  await says(page, "wrong");
  await page.getByLabel("Password").fill(grace.password);
  await press(page, "Sign in");
  await sees(page, "Signing in and security");
  // By another address there: it is hers by both proofs.
  people.set("grace@home.example", { email: "grace@home.example" });
  await press(page, "Connect it");
  await signInThere(page, "grace@home.example");
  await says(page, "That provider signs you in from now on.");
  await says(page, "Signs you in since");
  const again = await tab();
  await away(again);
  await signInThere(again, "grace@home.example");
  await sees(again, "Signing in and security");
  await again.goto(`${url}/me`);
  await says(again, grace.address);
  await again.context().close();
  await press(page, "Remove this link");
  await says(page, "That provider signs you in no more.");
  await page.context().close();
}

async function byDomain(tab) {
  // Nobody yet, and a member with a password: their domain sends both there, whether they exist or not.
  for (const address of ["hired@corp.example", "barbara@corp.example"]) {
    const page = await tab();
    await withAddress(page, address);
    await signInThere(page, address);
    await sees(page, "Your account");
    await says(page, address);
    await says(page, "Sample Enterprise");
    await page.context().close();
  }
  // It speaks for its own domain only.
  people.set("wide@corp.example", { email: "wide@example.net" });
  const page = await tab();
  await withAddress(page, "wide@corp.example");
  await signInThere(page, "wide@corp.example");
  await says(page, "may not speak for");
  await page.context().close();
}

async function answers(tab) {
  // The provider's answer is caught before the browser follows it.
  const caught = async () => {
    const page = await tab();
    await away(page);
    await page.locator("input[name=login]").fill("new@elsewhere.example");
    await page.locator("input[name=password]").fill("any");
    await page.locator("button[type=submit]").click();
    await page.getByRole("button", { name: "Continue" }).waitFor();
    const form = page.locator("form").first();
    const fields = await form.evaluate((form) => Object.fromEntries(new FormData(form)));
    const request = page.context().request;
    let answer = await request.post(await form.evaluate((form) => form.action), { form: fields, maxRedirects: 0 });
    while (!answer.headers().location.startsWith(`${url}/signin/upstream/`)) {
      answer = await request.get(answer.headers().location, { maxRedirects: 0 });
    }
    const cookies = await page.context().cookies(url);
    await page.context().close();
    return { answer: new URL(answer.headers().location), cookie: cookies.map((one) => `${one.name}=${one.value}`).join("; ") };
  };
  const send = (to, cookie) => fetch(to, { redirect: "manual", headers: cookie ? { cookie } : {} });
  const began = (response) => (response.headers.get("set-cookie") ?? "").includes("carillon=cas_");
  const changed = ({ answer }, name, value) => {
    const to = new URL(answer);
    to.searchParams.set(name, value);
    return to;
  };

  let one = await caught();
  assert.ok(one.answer.searchParams.get("iss"), "the provider names itself");
  assert.equal(began(await send(one.answer, "")), false, "another browser");
  assert.equal(began(await send(changed(one, "state", "x"), one.cookie)), false, "another state");
  const right = await send(one.answer, one.cookie);
  assert.equal(right.status, 303);
  assert.ok(began(right));
  assert.equal((await send(one.answer, one.cookie)).status, 403, "the answer again");

  one = await caught();
  assert.equal((await send(changed(one, "iss", "http://evil.example"), one.cookie)).status, 403, "a mix-up");
  one = await caught();
  const other = new URL(one.answer);
  other.pathname = new URL(corp.back).pathname;
  assert.equal((await send(other, one.cookie)).status, 403, "another provider's answer");
  one = await caught();
  assert.equal((await send(changed(one, "code", "x"), one.cookie)).status, 403, "another code");
  one = await caught();
  one.answer.searchParams.delete("code");
  assert.equal((await send(changed(one, "error", "access_denied"), one.cookie)).status, 403, "an error");
}
