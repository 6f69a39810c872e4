// Invitations: accepted, declined, too late, twice.
import assert from "node:assert/strict";
import { phrase, unchecked } from "./site.mjs";

const team = "Sample Team";
const closed = "This link cannot be used any more";

export async function asANewPerson(site) {
  const page = await site.tab();
  const link = await site.link("new@example.org");
  await site.visit(page, link, `Join ${team}`);
  await site.inspect(page, "invitation");
  await page.getByLabel("Your name").fill("Ada <Lovelace> & \"Co\"");
  await page.getByLabel("Choose a password").fill("password12345");
  assert.equal(await site.press(page, "Accept"), 422);
  await site.see(page, `Join ${team}`);
  assert.match(await page.locator("#password-error").innerText(), /password/i);
  assert.equal(await page.getByLabel("Your name").inputValue(), "Ada <Lovelace> & \"Co\"");
  assert.equal(await page.getByLabel("Choose a password").inputValue(), "");
  // A browser moves the focus when it draws the page, which may be after it was loaded.
  await page.waitForFunction(() => document.activeElement?.id === "password");
  await site.inspect(page, "invitation-weak-password");
  await page.getByLabel("Choose a password").fill(phrase);
  assert.equal(await site.press(page, "Accept"), 200);
  await site.see(page, "Welcome");
  assert.match(await page.locator("main").innerText(), /You are a member of Sample Team with the license ProTrial\./);
  await site.inspect(page, "welcome");
  await site.visit(page, link, closed, 410);
  await site.inspect(page, "closed");
}

export async function asARegisteredPerson(site) {
  const page = await site.tab();
  const { address, password } = site.demo.operator;
  await site.visit(page, await site.link(address), `Join ${team}`);
  assert.equal(await page.getByLabel("Your name").count(), 0);
  await page.getByLabel("Your password").fill("not the right one");
  assert.equal(await site.press(page, "Accept"), 403);
  await site.inspect(page, "invitation-wrong-password");
  await page.getByLabel("Your password").fill(password);
  assert.equal(await site.press(page, "Accept"), 200);
  await site.see(page, "Welcome");
}

export async function asAMemberOfAnotherTeam(site) {
  const page = await site.tab();
  const { address, password } = site.demo.users.find((user) => user.address.startsWith("alan@"));
  await site.visit(page, await site.link(address), "Join Second Team");
  await site.inspect(page, "invitation-leaving");
  await page.getByLabel("Your password").fill(password);
  await unchecked(page);
  assert.equal(await site.press(page, "Accept"), 422);
  assert.match(await page.locator("#leave-error").innerText(), /./);
  await site.inspect(page, "invitation-without-consent");
  await page.getByLabel("Your password").fill(password);
  await page.getByLabel("I leave the team I am in").check();
  assert.equal(await site.press(page, "Accept"), 200);
  assert.match(await page.locator("main").innerText(), /member of Second Team/);
}

export async function declining(site) {
  const page = await site.tab();
  const link = await site.link("declines@example.org");
  await site.visit(page, link, `Join ${team}`);
  assert.equal(await site.press(page, "Decline"), 200);
  await site.see(page, "Declined");
  await site.inspect(page, "declined");
  await site.visit(page, link, closed, 410);
}

/// Two tabs, one person, both pressed before either has an answer.
export async function twice(site) {
  const link = await site.link("twice@example.org");
  const tabs = [await site.tab(), await site.tab()];
  for (const page of tabs) {
    await site.visit(page, link, `Join ${team}`);
    await page.getByLabel("Your name").fill("Twice");
    await page.getByLabel("Choose a password").fill(phrase);
  }
  assert.deepEqual(await Promise.all(tabs.map((page) => site.press(page, "Accept"))), [200, 200]);
  for (const page of tabs) await site.see(page, "Welcome");
}

export async function withALinkThatLeadsNowhere(site) {
  const page = await site.tab();
  await site.visit(page, await site.link("cancelled@example.org"), closed, 410);
  await site.visit(page, await site.link("expired@example.org"), closed, 410);
  for (const token of ["0".repeat(64), "x", "%00", "a%2Fb", "%F0%9F%92%A9", "9".repeat(5000)]) {
    await site.visit(page, `${site.url}/invitations/${token}`, closed, 410);
    await site.visit(page, `${site.url}/register/${token}`, closed, 410);
  }
  await site.visit(page, `${site.url}/invitations/a/b`, "Nothing here", 404);
  await site.inspect(page, "nothing-here");
}

/// The first link dies with the second mail.
export async function withTheNewestOfTwoMails(site) {
  const page = await site.tab();
  const mails = site.mailbox.locator("article", { hasText: "resent@example.org" }).locator("a[href*='/invitations/']");
  await site.link("resent@example.org");
  const [newest, first] = [await mails.nth(0).getAttribute("href"), await mails.nth(1).getAttribute("href")];
  await site.visit(page, first, closed, 410);
  await site.visit(page, newest, `Join ${team}`);
}

/// On a phone, with scripts switched off.
export async function withoutScript(site) {
  const page = await site.tab({ javaScriptEnabled: false, viewport: { width: 360, height: 740 }, colorScheme: "dark" });
  await site.visit(page, await site.link("noscript@example.org"), `Join ${team}`);
  await page.getByLabel("Your name").fill("No Script");
  await page.getByLabel("Choose a password").fill(phrase);
  assert.equal(await site.press(page, "Accept"), 200);
  await site.see(page, "Welcome");
}

export async function whenAnotherSiteSendsTheForm(site) {
  const page = await site.tab();
  const link = await site.link("forged@example.org");
  for (const headers of [{ "sec-fetch-site": "cross-site" }, { origin: "https://evil.example" }]) {
    const body = new URLSearchParams({ answer: "decline" });
    const answer = await fetch(link, { method: "POST", body, headers });
    assert.equal(answer.status, 403);
  }
  await site.visit(page, link, `Join ${team}`);
}

export async function toAnAccountWithAHostileName(site) {
  const page = await site.tab();
  await site.visit(page, await site.link("hostile@example.org"), "Join <img src=x onerror=alert(1)> & Söhne");
  assert.equal(await page.locator("img").count(), 0);
}
