// An account's directory, a real OpenLDAP: from the empty page to a run that asks, and back.
import assert from "node:assert/strict";
import { Ldap } from "./ldap.mjs";

const ldap = new Ldap();
for (const name of ["ada", "bob", "eve"]) ldap.person(name);
ldap.person("odd", "odd@elsewhere.example");
ldap.group("Hosts", ["ada"]);
ldap.group("Staff", ["bob", "odd"]);

/// The page of the account's directory, by clicks.
async function open(console, page) {
  await console.users(page, console.demo.accounts.enterprise.name);
  const beside = page.getByRole("navigation", { name: "Pages of the console" });
  await beside.getByRole("link", { name: "Directory", exact: true }).click();
  await console.shown(page, "Directory");
}

/// Where only programs go here: for changes of others, meanwhile.
const directory = (console) => `/accounts/${console.demo.accounts.enterprise.id}/directory`;

export async function anEmptyPageTeaches(console) {
  const page = await console.operator();
  await console.users(page, "Sample Team");
  await page.getByRole("link", { name: "Directory", exact: true }).click();
  await console.shown(page, "Directory");
  await page.getByText("This account has no verified domain yet.").waitFor();
  await open(console, page);
  await page.getByText("Let your directory decide").waitFor();
  await page.getByText("carillon directory set").waitFor();
  await console.inspect(page, "directory-empty");
  await page.getByRole("button", { name: "Set up a directory" }).click();
  await console.shown(page, "How the directory is read");
}

export async function aConnectionIsTestedBeforeItIsSaved(console) {
  const page = await console.operator();
  const save = page.getByRole("button", { name: "Save", exact: true });
  assert.ok(await save.isDisabled(), "nothing is typed yet");
  await page.getByRole("radio", { name: "OpenLDAP" }).check();
  await page.getByLabel("URLs").fill(ldap.url);
  await page.getByLabel("Account that reads").fill(ldap.account("reader"));
  await page.getByLabel("Its password").fill("another");
  await page.getByLabel("Base").fill(ldap.base);
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByText("Left empty: (objectClass=inetOrgPerson)").waitFor();
  await page.getByText("Left empty: uid").waitFor();
  await console.inspect(page, "directory-connection");
  const dialog = page.getByRole("dialog", { name: "Test the connection" });
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await dialog.getByText("It takes the reading account and its password: missing").waitFor();
  await dialog.getByText("the directory refuses the account or its password").waitFor();
  await console.inspect(page, "directory-test-fails");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByLabel("Its password").fill(ldap.password);
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await dialog.getByText("Everything works.").waitFor();
  await dialog.getByText("4 found").waitFor();
  await console.inspect(page, "directory-test");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await save.click();
  await console.shown(page, "Directory");
  await page.getByText("Set up, not connected: it decides nothing yet").waitFor();
  const connect = page.getByRole("button", { name: "Preview and connect" });
  assert.equal(await connect.getAttribute("aria-disabled"), "true", "no group is mapped");
  await console.inspect(page, "directory-saved");
}

/// Chooses the group of the last row.
async function choose(page, name, found) {
  await page.getByRole("button", { name: "Add a group" }).click();
  const group = page.getByRole("combobox", { name: "Group" }).last();
  await group.fill(name);
  await page.getByRole("option", { name: found }).click();
}

export async function groupsAreMappedAfterAPreview(console) {
  const page = await console.operator();
  await page.getByRole("link", { name: "Choose groups" }).click();
  await choose(page, "ho", /^Hosts/);
  await page.getByRole("button", { name: "License Plus" }).last().click();
  await page.getByRole("option", { name: "Pro", exact: true }).click();
  await choose(page, "Staff", /^Staff/);
  await choose(page, "Ghosts", /Use "Ghosts"/);
  await console.inspect(page, "directory-groups");
  await page.getByRole("button", { name: "Preview and save" }).click();
  const dialog = page.getByRole("dialog", { name: "Save and let the directory decide by it" });
  await dialog.getByText("2 users would join.").waitFor();
  await dialog.getByText("By their groups 1 person would have Pro, and 2 people Plus.").waitFor();
  await dialog.getByText("1 person in no mapped group cannot sign in.").waitFor();
  await dialog.getByText("These names match no group").waitFor();
  await dialog.getByRole("row", { name: "odd@elsewhere.example" }).getByText("none of the account's verified domains")
    .waitFor();
  await console.inspect(page, "directory-groups-preview");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The groups were saved.").first().waitFor();
}

export async function aChangeOfSomebodyElseIsNotOverwritten(console) {
  const page = await console.operator();
  await page.getByRole("button", { name: "Remove Ghosts" }).click();
  const { mappings } = await console.api("GET", directory(console));
  const others = mappings.filter(({ group }) => group !== "Ghosts");
  await console.api("PUT", `${directory(console)}/mappings`, { mappings: others });
  await page.getByRole("combobox", { name: "Group" }).last().fill("Others");
  await page.getByRole("button", { name: "Preview and save" }).click();
  const dialog = page.getByRole("dialog", { name: "Save and let the directory decide by it" });
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await dialog.getByRole("button", { name: /load|anew|now/i }).click();
  await dialog.waitFor({ state: "detached" });
  await page.waitForFunction(() => [...document.querySelectorAll("input")].some(({ value }) => value === "Staff"));
}

export async function aDirectoryIsConnectedAfterAPreview(console) {
  const page = await console.operator();
  await open(console, page);
  await page.getByRole("button", { name: "Preview and connect" }).click();
  const dialog = page.getByRole("dialog", { name: "Connect the directory" });
  await dialog.getByText("2 users would join").waitFor();
  await dialog.getByText("not in the directory and could not sign in").waitFor();
  await console.inspect(page, "directory-connect");
  await dialog.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByText("The directory is connected.").first().waitFor();
  await page.getByText("Followed", { exact: true }).waitFor();
  await page.getByText("None yet").waitFor({ state: "detached" });
  await console.inspect(page, "directory-followed");
  await page.getByRole("tab", { name: "Runs" }).click();
  await page.getByRole("link", { name: "1", exact: true }).click();
  await console.shown(page, "Run 1");
  await page.getByText("Done", { exact: true }).waitFor();
  const stop = page.getByRole("button", { name: /Stop this run/ });
  assert.equal(await stop.getAttribute("aria-disabled"), "true", "it is over");
  await page.getByText("none of the account's verified domains").waitFor();
  await console.inspect(page, "directory-run");
  await console.users(page, console.demo.accounts.enterprise.name);
  await console.row(page, "ada@corp.example").getByText("Pro", { exact: true }).waitFor();
}

export async function aChangeThereIsShownWithWhomItConcerned(console) {
  const page = await console.operator();
  await open(console, page);
  await page.getByRole("tab", { name: "Runs" }).click();
  ldap.member("delete", "Staff", "bob");
  await page.getByRole("link", { name: "2", exact: true }).click();
  await console.shown(page, "Run 2");
  await page.getByRole("row", { name: "bob@corp.example" }).getByText("Locked out").waitFor();
  await page.getByRole("row", { name: "bob@corp.example" }).getByRole("link").click();
  await console.shown(page, "bob@corp.example");
}

export async function theBrakeAsksAndIsAnswered(console) {
  const page = await console.operator();
  const many = Array.from({ length: 25 }, (_, at) => `many${at}`);
  for (const name of many) ldap.person(name);
  ldap.group("Temps", many);
  await open(console, page);
  ldap.member("add", "Staff", "Temps");
  await page.getByText(/Run \d+ asks before it goes on/).waitFor();
  await page.getByRole("button", { name: "Look at it and answer" }).click();
  const dialog = page.getByRole("dialog", { name: /Run \d+ asks/ });
  await dialog.getByText("25 people would be let in.").waitFor();
  await dialog.getByRole("row", { name: "many7@corp.example" }).waitFor();
  await console.inspect(page, "directory-question");
  await dialog.getByRole("button", { name: "No, change nothing" }).click();
  await page.getByText("Nothing was changed.").first().waitFor();
  await page.getByRole("button", { name: "Read all now" }).click();
  await page.getByRole("button", { name: "Look at it and answer" }).click();
  await dialog.getByRole("button", { name: "Go ahead" }).click();
  await page.getByText("Agreed. All is read once more").first().waitFor();
  await page.getByRole("tab", { name: "Runs" }).click();
  await page.getByRole("row", { name: /25 of 25 people/ }).getByText("Done").waitFor();
  await console.inspect(page, "directory-runs");
  await console.users(page, console.demo.accounts.enterprise.name);
  await page.getByRole("searchbox", { name: "Find users" }).fill("many7");
  await console.row(page, "many7@corp.example").getByText("Pro (trial)").waitFor();
}

export async function theBrakeIsSet(console) {
  const page = await console.operator();
  await open(console, page);
  await page.getByRole("tab", { name: "Groups and licenses" }).click();
  await page.getByRole("button", { name: "Edit the brake" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit the brake" });
  await dialog.getByLabel("Share of the members, in per cent").fill("101");
  await dialog.getByText("Give a share of 0 to 100").waitFor();
  await dialog.getByLabel("Share of the members, in per cent").fill("5");
  await console.inspect(page, "directory-brake");
  await console.confirm(page, dialog, "Save", "The brake was set.");
  await page.getByText("More than 5 % of the members").waitFor();
}

export async function whatDoesNotAnswerIsShownAndMended(console) {
  const page = await console.operator();
  const { connection } = await console.api("GET", directory(console));
  const silent = { ...connection, urls: ["ldap://127.0.0.1:1"] };
  await console.api("PUT", directory(console), { connection: silent, password: ldap.password });
  await open(console, page);
  await page.getByText("Nothing changes while it does not answer").waitFor();
  await console.inspect(page, "directory-silent");
  await page.getByRole("button", { name: "Preview", exact: true }).click();
  await page.getByRole("dialog").getByText("This did not work").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("tab", { name: "Connection" }).click();
  await page.getByText("ldap://127.0.0.1:1").waitFor();
  await console.inspect(page, "directory-connection-shown");
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await console.shown(page, "How the directory is read");
  await page.getByLabel("URLs").fill(ldap.url);
  await page.getByRole("button", { name: "Preview and save" }).click();
  const dialog = page.getByRole("dialog", { name: "Save and let the directory decide by it" });
  await dialog.getByText("give the password of the account that reads").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByLabel("Its password").fill(ldap.password);
  await page.getByRole("button", { name: "Preview and save" }).click();
  await dialog.getByText("Nothing would change for anybody.").waitFor();
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("The connection was saved.").first().waitFor();
  await page.getByRole("tab", { name: "State" }).click();
  await page.getByText("Followed", { exact: true }).waitFor();
}

export async function whoMayOnlyReadSeesItAll(console) {
  const page = await console.reader(console.demo.accounts.enterprise.id);
  await open(console, page);
  await page.getByText("Followed", { exact: true }).waitFor();
  const test = page.getByRole("button", { name: /^Test/ });
  assert.equal(await test.getAttribute("aria-disabled"), "true");
  await test.hover();
  await page.getByText("This needs FullAccess over the account.").filter({ visible: true }).first().waitFor();
  await page.getByRole("tab", { name: "Groups and licenses" }).click();
  await page.getByRole("combobox", { name: "Group" }).first().waitFor();
  assert.ok(await page.getByRole("combobox", { name: "Group" }).first().isDisabled());
  await page.goto(`${console.url}/console/accounts/${console.demo.accounts.enterprise.id}/directory/connection`);
  await page.getByText("This needs FullAccess over the account.").waitFor();
}

export async function peopleStayWhenItIsDisconnectedAndForgotten(console) {
  const page = await console.operator();
  await open(console, page);
  const more = page.getByRole("button", { name: "More actions" });
  await more.click();
  const forget = page.getByRole("menuitem", { name: /Forget this directory/ });
  assert.equal(await forget.getAttribute("aria-disabled"), "true", "it is connected");
  await page.getByRole("menuitem", { name: "Disconnect" }).click();
  const dialog = page.getByRole("dialog", { name: "Disconnect the directory" });
  await dialog.getByText("The account becomes Enterprise.").waitFor();
  await console.inspect(page, "directory-disconnect");
  await dialog.getByRole("button", { name: "Disconnect", exact: true }).click();
  await page.getByText("Everybody keeps what they have.").first().waitFor();
  await page.getByText("Set up, not connected: it decides nothing yet").waitFor();
  await more.click();
  await forget.click();
  await page.getByRole("dialog", { name: "Forget this directory" }).getByRole("button", { name: "Forget", exact: true })
    .click();
  await page.getByText("Let your directory decide").waitFor();
  await console.users(page, console.demo.accounts.enterprise.name);
  await console.row(page, "ada@corp.example").getByText("Pro", { exact: true }).waitFor();
}
