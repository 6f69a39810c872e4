// Passkeys and one-time codes in Chromium, with its virtual authenticator. signing_in.rs says who is there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { browse, device, patience } from "./browser.mjs";
import { code } from "./signing_in/totp.mjs";

const url = process.env.CARILLON_URL;
const demo = JSON.parse(readFileSync("demo.json", "utf8"));
const { address, password } = demo.users.find((user) => user.password);

const heading = (page) => page.locator("h1").innerText();
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const sees = (page, title) => page.locator("h1", { hasText: title }).waitFor();

await browse(async (first) => {
  const browser = first.context().browser();
  const tab = async () => {
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(patience);
    page.offences = [];
    page.on("console", (said) => /Content Security Policy/.test(said.text()) && page.offences.push(said.text()));
    return page;
  };
  for (const flow of [passkeys, codes, withoutScript]) {
    try {
      await flow(tab, browser);
    } catch (error) {
      error.message = `${flow.name}: ${error.message}`;
      throw error;
    }
  }
});

async function withPassword(page) {
  await page.goto(`${url}/signin?then=/me/security`);
  await page.getByLabel("E-mail address").fill(address);
  await press(page, "Continue");
  await page.getByLabel("Password").fill(password);
  await press(page, "Sign in");
}

/// The attempt's cookie, as a header.
async function attempt(page) {
  const cookies = await page.context().cookies();
  return cookies.filter((one) => one.name.endsWith("carillon-sign-in")).map((one) => `${one.name}=${one.value}`).join("; ");
}

async function answer(cookie, credential) {
  const body = new URLSearchParams({ credential });
  return fetch(`${url}/signin/passkey/answer`, { method: "POST", body, headers: { cookie }, redirect: "manual" });
}

async function passkeys(tab) {
  const page = await tab();
  const { cdp, authenticatorId } = await device(page);
  await withPassword(page);
  await sees(page, "Signing in and security");
  await page.getByLabel("Name of the passkey").fill("Blue key");
  await press(page, "Add a passkey");
  await sees(page, "Signing in and security");
  assert.match(await page.locator("main").innerText(), /Blue key[\s\S]*not used yet/);
  const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId });
  assert.equal(credentials.length, 1);
  assert.ok(credentials[0].isResidentCredential, "it finds itself");

  // Without typing an address.
  await page.context().clearCookies();
  const asked = page.waitForRequest((request) => request.url().endsWith("/signin/passkey/answer"));
  await page.goto(`${url}/signin?then=/me/security`);
  await press(page, "Use a passkey");
  const request = await asked;
  const cookie = (await request.allHeaders()).cookie;
  const credential = new URLSearchParams(request.postData()).get("credential");
  await sees(page, "Signing in and security");
  assert.match(await page.locator("main").innerText(), /last used on/);
  assert.deepEqual(page.offences, []);

  // The same answer once more: the sign-in is over, and another one asked something else.
  assert.equal((await answer(cookie, credential)).status, 403);
  await page.context().clearCookies();
  await cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: false });
  await page.goto(`${url}/signin`);
  await press(page, "Use a passkey");
  await sees(page, "Sign in with a passkey");
  const other = await attempt(page);
  assert.equal((await answer(other, credential)).status, 403);
  assert.equal((await answer(other, "no JSON")).status, 403);
  assert.equal((await answer("", credential)).status, 303, "no sign-in under way");
  await cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: true });

  // A device that does not verify who uses it proves nothing, whatever the browser asked of it.
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await page.goto(`${url}/signin`);
  await press(page, "Use a passkey");
  await page.getByText("Nothing came of it").waitFor();
  await page.evaluate(() => {
    const { dataset } = document.querySelector("form[data-passkey]");
    dataset.options = JSON.stringify({ ...JSON.parse(dataset.options), userVerification: "discouraged" });
  });
  const unverified = page.waitForResponse((response) => response.url().endsWith("/signin/passkey/answer"));
  await press(page, "Use a passkey");
  assert.equal((await unverified).status(), 403);
  assert.equal(await heading(page), "You are not signed in");
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });

  // Removed, it signs nobody in.
  await page.context().clearCookies();
  await withPassword(page);
  await sees(page, "Signing in and security");
  await press(page, "Remove this passkey");
  await page.getByText("That passkey signs nobody in any more.").waitFor();
  await page.context().clearCookies();
  await page.goto(`${url}/signin`);
  const removed = page.waitForResponse((response) => response.url().endsWith("/signin/passkey/answer"));
  await press(page, "Use a passkey");
  assert.equal((await removed).status(), 403);
  await page.context().close();
}

async function codes(tab) {
  const page = await tab();
  await withPassword(page);
  await press(page, "Set up codes");
  await sees(page, "Set up one-time codes");
  assert.ok((await page.locator(".picture svg").boundingBox()).width > 100, "a picture to scan");
  const key = (await page.getByText(/^Key: /).innerText()).slice("Key: ".length);
  await page.getByLabel("Code").fill("000000");
  await press(page, "Turn codes on");
  await page.getByText(/This code is wrong/).waitFor();
  await page.getByLabel("Code").fill(code(key));
  await press(page, "Turn codes on");
  await sees(page, "Your recovery codes");
  const recovery = await page.locator(".items strong").allInnerTexts();
  assert.equal(recovery.length, 10);

  await page.context().clearCookies();
  await withPassword(page);
  await sees(page, "Prove it once more");
  await page.getByLabel("Code").fill(recovery[0]);
  await press(page, "Sign in");
  await sees(page, "Signing in and security");
  assert.match(await page.locator("main").innerText(), /9 are left/);
  await press(page, "Stop asking for codes");
  await page.getByText("No codes are asked for any more.").waitFor();
  assert.deepEqual(page.offences, []);
  await page.context().close();
}

async function withoutScript(_, browser) {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await withPassword(page);
  await sees(page, "Signing in and security");
  await page.goto(`${url}/signin`);
  await press(page, "Use a passkey");
  assert.match(await page.locator("main").innerText(), /Passkeys need JavaScript/);
}
