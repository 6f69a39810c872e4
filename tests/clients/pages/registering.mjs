// Registration: nothing is created before the mailed link is used, and nobody learns who is registered.
import assert from "node:assert/strict";
import { phrase, unchecked } from "./site.mjs";

const sent = "Look into your mailbox";

async function ask(site, page, address) {
  await site.visit(page, `${site.url}/register`, "Register");
  await page.getByLabel("E-mail address").fill(address);
  assert.equal(await site.press(page, "Send the link"), 200);
  await site.see(page, sent);
  return page.content();
}

async function answer(site, page, link, name) {
  await site.visit(page, link, "Register");
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Choose a password").fill(phrase);
  assert.equal(await site.press(page, "Register"), 200);
  await site.see(page, "Welcome");
  return page.locator("main").innerText();
}

export async function inNoOrganisation(site) {
  const page = await site.tab();
  await ask(site, page, "free@example.net");
  await site.inspect(page, "link-sent");
  const link = await site.link("free@example.net");
  await site.visit(page, link, "Register");
  await site.inspect(page, "registration");
  await page.getByLabel("Your name").fill("Free Person");
  await page.getByLabel("Choose a password").fill("free@example.net");
  assert.equal(await site.press(page, "Register"), 422);
  assert.equal(await page.getByLabel("Your name").inputValue(), "Free Person");
  const welcome = await answer(site, page, link, "Free Person");
  assert.match(welcome, /registered, in no organisation, with the license/);
  await site.visit(page, link, "This link cannot be used any more", 410);
}

export async function onAnOrganisationsDomain(site) {
  const page = await site.tab();
  await ask(site, page, "Newbie@Corp.Example");
  const link = await site.link("Newbie@Corp.Example");
  await site.visit(page, link, "Register");
  assert.match(await page.locator("main").innerText(), /belongs to Sample Enterprise, so you become a member/);
  const welcome = await answer(site, page, link, "New Bee");
  assert.match(welcome, /member of Sample Enterprise/);
}

/// The same page for who is registered, was suspended, and is nobody.
export async function nobodyLearnsWhoIsThere(site) {
  const page = await site.tab();
  const pages = [];
  for (const address of ["grace@example.com", "stranger@example.net", "suspended@corp.example"]) {
    pages.push(await ask(site, page, address));
  }
  assert.equal(new Set(pages).size, 1);
  assert.match(await site.link("stranger@example.net"), /\/register\/./);
  await site.visit(site.mailbox, `${site.url}/mail`, "Mailbox");
  const known = site.mailbox.locator("article", { hasText: "grace@example.com" }).first();
  assert.match(await known.innerText(), /registered .* already/);
  await site.inspect(site.mailbox, "mailbox");
}

/// Whose address a suspension holds proves the address and is refused all the same (rule 18).
export async function whoIsSuspendedIsRefused(site) {
  const page = await site.tab();
  await site.visit(page, await site.link("suspended@corp.example"), "Register");
  await page.getByLabel("Your name").fill("Suspended");
  await page.getByLabel("Choose a password").fill(phrase);
  assert.equal(await site.press(page, "Register"), 409);
  await site.see(page, "This is not possible");
  assert.match(await page.locator("main").innerText(), /You may not sign in at present/);
  await site.inspect(page, "not-possible");
}

export async function anAddressThatIsNone(site) {
  const page = await site.tab();
  await site.visit(page, `${site.url}/register`, "Register");
  await site.inspect(page, "register");
  await page.getByLabel("E-mail address").fill("not an address");
  await unchecked(page);
  assert.equal(await site.press(page, "Send the link"), 422);
  assert.equal(await page.getByLabel("E-mail address").inputValue(), "not an address");
  await site.inspect(page, "register-error");
}
