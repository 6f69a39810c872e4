// A person's own account: signing in, a forgotten password, every page below /me, another address, signing out here and
// everywhere, leaving, and going for good.
import assert from "node:assert/strict";
import { phrase } from "./site.mjs";

const other = "seven copper lanterns";
const ada = "account@example.org";

/// Signs in on the page that is shown.
async function enter(site, page, address, password) {
  await page.getByLabel("E-mail address").fill(address);
  const next = page.getByRole("button", { name: "Continue" });
  if (await next.count()) await site.press(page, "Continue");
  await page.getByLabel(/^(Your )?password$/i).fill(password);
  return site.press(page, "Sign in");
}

async function signedIn(site, address, password) {
  const page = await site.tab();
  await site.visit(page, `${site.url}/me`, "Sign in");
  await enter(site, page, address, password);
  await site.see(page, "Your account");
  return page;
}

const words = (page) => page.locator("main").innerText();
const go = async (page, name) => {
  await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
  await page.waitForLoadState();
};

async function whoJoinedSignsInAndSeesTheirOwnPages(site) {
  const page = await site.tab();
  await site.visit(page, await site.link(ada), "Join Sample Team");
  await page.getByLabel("Your name").fill("Account Owner");
  await page.getByLabel("Choose a password").fill(phrase);
  assert.equal(await site.press(page, "Accept"), 200);
  await site.visit(page, `${site.url}/me`, "Sign in");
  await enter(site, page, ada, "not the password");
  assert.match(await words(page), /Address or password is wrong/);
  await site.inspect(page, "sign-in-wrong");
  await page.getByLabel(/^(Your )?password$/i).fill(phrase);
  assert.equal(await site.press(page, "Sign in"), 303);
  await site.see(page, "Your account");
  assert.match(await words(page), /You are signed in as account@example\.org\./);
  for (const [name, heading] of [
    ["Profile", "Your account"], ["License", "Your license"], ["Sessions", "Where you are signed in"],
    ["Applications", "Applications you let in"], ["Password", "Change your password"], ["History", "Your history"],
  ]) {
    await go(page, name);
    await site.see(page, heading);
    assert.equal(await page.locator("[aria-current=page]").innerText(), name);
    await site.inspect(page, `me-${name.toLowerCase()}`);
  }
  await go(page, "License");
  assert.match(await words(page), /You are a member of Sample Team since/);
  await go(page, "Sessions");
  assert.match(await words(page), /Chrome on Linux: this one/);
}

async function theProfileIsChanged(site) {
  const page = await signedIn(site, ada, phrase);
  await page.getByLabel("Your name").fill("Countess");
  await site.press(page, "Save the name");
  assert.equal(await page.getByRole("status").innerText(), "Saved.");
  assert.equal(await page.getByLabel("Your name").inputValue(), "Countess");
  await page.getByLabel("Keep me out of contacts").check();
  await site.press(page, "Save the choice");
  assert.ok(await page.getByLabel("Keep me out of contacts").isChecked());
  await site.press(page, "Draw a PIN");
  assert.match(await words(page), /You have a new PIN/);
  assert.match(await words(page), /\b\d{10}\b/);
  await page.getByRole("button", { name: "Draw another PIN" }).waitFor();
  await site.inspect(page, "me-pin");
}

async function sessionsEndHereThereAndEverywhere(site) {
  const [here, there] = [await signedIn(site, ada, phrase), await signedIn(site, ada, phrase)];
  await go(here, "Sessions");
  await here.getByRole("button", { name: "Sign out there" }).first().click();
  await here.waitForLoadState();
  assert.match(await words(here), /That session has ended/);
  await there.goto(`${site.url}/me`);
  await site.see(there, "Sign in");
  await enter(site, there, ada, phrase);
  await site.see(there, "Your account");
  await go(here, "Sessions");
  assert.equal(await site.press(here, "Sign out everywhere"), 200);
  await site.see(here, "You are signed out");
  for (const page of [here, there]) {
    await page.goto(`${site.url}/me`);
    await site.see(page, "Sign in");
  }
}

async function aForgottenPasswordIsSetByMail(site) {
  const signed = await signedIn(site, ada, phrase);
  const page = await site.tab();
  await site.visit(page, `${site.url}/forgot`, "Set another password");
  await site.inspect(page, "forgot");
  const seen = [];
  for (const address of ["stranger@example.net", ada]) {
    await site.visit(page, `${site.url}/forgot`, "Set another password");
    await page.getByLabel("E-mail address").fill(address);
    assert.equal(await site.press(page, "Send the link"), 200);
    seen.push(await page.content());
  }
  assert.equal(seen[0], seen[1]);
  await site.inspect(page, "forgot-sent");
  const link = await site.link(ada);
  assert.match(link, /\/reset\//);
  await site.visit(page, link, "Set another password");
  await site.inspect(page, "reset");
  await page.getByLabel("Choose a password").fill("account@example.org");
  assert.equal(await site.press(page, "Set the password"), 422);
  await page.getByLabel("Choose a password").fill(other);
  assert.equal(await site.press(page, "Set the password"), 200);
  await site.see(page, "Your password is set");
  await site.visit(page, link, "This link cannot be used any more", 410);
  await signed.goto(`${site.url}/me`);
  await site.see(signed, "Sign in");
  await enter(site, signed, ada, other);
  await go(signed, "Password");
  await signed.getByLabel("The password you have").fill(other);
  await signed.getByLabel("Choose a password").fill(phrase);
  await site.press(signed, "Change the password");
  assert.match(await words(signed), /Your password is changed/);
}

async function theAddressIsChangedFromTheNewMailbox(site) {
  const page = await signedIn(site, ada, phrase);
  await page.getByRole("link", { name: "Change your address" }).click();
  await site.see(page, "Change your address");
  await site.inspect(page, "address");
  await page.getByLabel("Your new e-mail address").fill("moved@example.net");
  assert.equal(await site.press(page, "Send the link"), 200);
  await site.see(page, "Look into your new mailbox");
  await site.visit(page, await site.link("moved@example.net"), "Confirm your new address");
  await site.inspect(page, "address-confirm");
  await site.press(page, "Change my address");
  await site.see(page, "Your account");
  assert.match(await words(page), /signed in as moved@example\.net/);
}

async function whoLeavesAndGoesIsToldWhatHappens(site) {
  const page = await signedIn(site, "moved@example.net", phrase);
  await page.getByRole("link", { name: "Leave Sample Team" }).click();
  await site.see(page, "Leave Sample Team");
  await site.inspect(page, "leave");
  assert.equal(await site.press(page, "Leave"), 200);
  await site.see(page, "You have left");
  const again = await signedIn(site, "moved@example.net", phrase);
  await again.getByRole("link", { name: "Delete your account" }).click();
  await site.see(again, "Delete your account");
  await site.inspect(again, "delete");
  assert.equal(await site.press(again, "Delete everything"), 200);
  await site.see(again, "You are gone");
  await again.goto(`${site.url}/me`);
  await enter(site, again, "moved@example.net", phrase);
  assert.match(await words(again), /Address or password is wrong/);
}

/// One person's story: each part begins where the one before it ended.
export async function inTheirOwnAccount(site) {
  await whoJoinedSignsInAndSeesTheirOwnPages(site);
  await theProfileIsChanged(site);
  await sessionsEndHereThereAndEverywhere(site);
  await aForgottenPasswordIsSetByMail(site);
  await theAddressIsChangedFromTheNewMailbox(site);
  await whoLeavesAndGoesIsToldWhatHappens(site);
}
