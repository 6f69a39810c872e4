// An Active Directory (a real Samba) over TLS: connected after a preview, its first run, and the brake.
import { Ldap } from "./ldap.mjs";

const ldap = new Ldap();
for (const name of ["ada", "bob", "eve"]) ldap.person(name);
ldap.group("Hosts", ["ada"]);
ldap.group("Staff", ["bob"]);

/// Maps a group to Plus, which a new row begins with, or to Pro.
async function map(page, group, license) {
  await page.getByRole("button", { name: "Add a group" }).click();
  await page.getByRole("combobox", { name: "Group" }).last().fill(group);
  await page.getByRole("option", { name: new RegExp(`^${group}`) }).first().click();
  if (license === "Plus") return;
  await page.getByRole("button", { name: "License Plus" }).last().click();
  await page.getByRole("option", { name: license, exact: true }).click();
}

export async function itIsSetUpOverTls(console) {
  const page = await console.operator();
  await page.goto(`${console.url}/console/accounts/${console.demo.accounts.enterprise.id}/directory/connection`);
  await console.shown(page, "How the directory is read");
  await page.getByLabel("URLs").fill(ldap.secure);
  await page.getByLabel("Account that reads").fill(ldap.account("plain"));
  await page.getByLabel("Its password").fill(ldap.password);
  await page.getByLabel("Base").fill(ldap.base);
  const dialog = page.getByRole("dialog", { name: "Test the connection" });
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await dialog.getByText("give the certificate of its CA").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByLabel("Certificate authorities (PEM)").fill(ldap.ca);
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await dialog.getByText("Deletions are seen: missing").waitFor();
  await console.inspect(page, "active-directory-test");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByLabel("Account that reads").fill(ldap.account("reader"));
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await dialog.getByText("Everything works.").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await console.shown(page, "Directory");
}

export async function itIsConnectedAfterAPreview(console) {
  const page = await console.operator();
  await page.getByRole("tab", { name: "Groups and licenses" }).click();
  await map(page, "Hosts", "Pro");
  await map(page, "Staff", "Plus");
  await page.getByRole("button", { name: "Preview and save" }).click();
  const save = page.getByRole("dialog", { name: "Save and let the directory decide by it" });
  await save.getByText("2 users would join: 1 Pro, 1 Plus.").waitFor();
  await save.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Preview and connect" }).click();
  const connect = page.getByRole("dialog", { name: "Connect the directory" });
  await connect.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByRole("tab", { name: "Runs" }).click();
  await page.getByRole("row", { name: /2 of 2 people/ }).getByText("Done").waitFor();
}

export async function theBrakeAsksAboutManyAtOnce(console) {
  const page = await console.operator();
  const many = Array.from({ length: 25 }, (_, at) => `many${at}`);
  for (const name of many) ldap.person(name);
  ldap.group("Temps", many);
  ldap.member("add", "Staff", "Temps");
  await page.getByRole("tab", { name: "State" }).click();
  await page.getByRole("button", { name: "Look at it and answer" }).click();
  const dialog = page.getByRole("dialog", { name: /Run \d+ asks/ });
  await dialog.getByText("25 people would be let in.").waitFor();
  await dialog.getByRole("button", { name: "Go ahead" }).click();
  await page.getByRole("tab", { name: "Runs" }).click();
  await page.getByRole("row", { name: /25 of 25 people/ }).getByText("Done").waitFor();
}

export async function delegateGroupsAreFoundInIt(console) {
  const page = await console.operator();
  await page.goto(`${console.url}/console/accounts/${console.demo.accounts.enterprise.id}/settings`);
  await console.shown(page, "Settings");
  await page.getByRole("tab", { name: "Calls" }).click();
  await page.getByRole("button", { name: "Add a group" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a group" });
  await dialog.getByRole("combobox", { name: "Group" }).fill("Hos");
  await page.getByRole("option", { name: /^Hosts/ }).click();
  await dialog.getByText("Hosts will be a delegate group.").waitFor();
  await console.inspect(page, "active-directory-delegates");
  await console.confirm(page, dialog, "Add", "Hosts was added.");
  await page.getByRole("row", { name: /Hosts/ }).waitFor();
}
