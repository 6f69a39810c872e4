// Seats and who waits for one, trials, license-days by month, and the catalog.
import assert from "node:assert/strict";

/// A part of the page about an account's licenses, by clicks.
async function licenses(console, part, account = console.demo.accounts.enterprise.name) {
  const page = await console.operator();
  await console.users(page, account);
  const beside = page.getByRole("navigation", { name: "Pages of the console" });
  await beside.getByRole("link", { name: "Licenses", exact: true }).click();
  await console.shown(page, "Licenses");
  await page.getByRole("tab", { name: part }).click();
  await page.getByRole("tab", { name: part, selected: true }).waitFor();
  return page;
}

/// Opens the dialog about a license's limit and says how many may hold it.
async function limit(page, license, count) {
  await page.getByRole("button", { name: `Change limit of ${license}` }).click();
  const dialog = page.getByRole("dialog", { name: `Limit of ${license}` });
  await dialog.getByRole("radio", { name: "At most" }).check();
  await dialog.getByLabel("How many may hold it").fill(count);
  return dialog;
}

export async function seatsAreLimited(console) {
  const page = await licenses(console, "Seats");
  await page.getByText("2 used, no limit").first().waitFor();
  await console.inspect(page, "licenses-seats-unlimited");
  const dialog = await limit(page, "Plus", "many");
  await dialog.getByText("A whole number, 0 or more.").waitFor();
  assert.ok(await dialog.getByRole("button", { name: "Set limit" }).isDisabled());
  await dialog.getByLabel("How many may hold it").fill("1");
  await dialog.getByText("That is 1 more than the limit.").waitFor();
  await dialog.getByText("Nobody more gets it").waitFor();
  await console.inspect(page, "licenses-limit");
  await console.confirm(page, dialog, "Set limit", "The limit of Plus is now: 1.");
  await page.getByText("2 of 1 used").first().waitFor();
  await page.getByText("1 more than the limit", { exact: true }).waitFor();
}

export async function whoWaitsIsListedAndServed(console) {
  const { id } = console.demo.accounts.enterprise;
  const page = await licenses(console, "Waiting list");
  await page.getByText("Nobody waits").waitFor();
  await console.inspect(page, "licenses-waiting-none");
  for (const name of ["fred", "gwen"]) {
    await console.api("POST", `/accounts/${id}/users`, { address: `${name}@corp.example` });
  }
  await licenses(console, "Seats");
  await console.inspect(page, "licenses-seats");
  await page.getByRole("link", { name: "2 people" }).click();
  await page.getByRole("tab", { name: "Waiting list", selected: true }).waitFor();
  const list = page.getByRole("grid", { name: "Waiting list" });
  await list.getByRole("row", { name: /Plus 1 fred@corp.example/ }).waitFor();
  await list.getByRole("row", { name: /Plus 2 gwen@corp.example/ }).waitFor();
  await console.inspect(page, "licenses-waiting");
  await licenses(console, "Seats");
  const dialog = await limit(page, "Plus", "3");
  await dialog.getByText("1 person who waits will get it at once.").waitFor();
  await dialog.getByText("3 people will hold the license then.").waitFor();
  await console.confirm(page, dialog, "Set limit", "The limit of Plus is now: 3.");
  await page.getByRole("link", { name: "1 person" }).waitFor();
  await page.getByRole("button", { name: "Change limit of Plus" }).click();
  const lift = page.getByRole("dialog", { name: "Limit of Plus" });
  await lift.getByText("That is the limit now.").waitFor();
  await lift.getByRole("radio", { name: "No limit" }).check();
  await lift.getByText("4 people will hold the license then.").waitFor();
  await console.confirm(page, lift, "Set limit", "The limit of Plus is now: No limit.");
  await page.getByText("4 used, no limit").waitFor();
}

export async function trialsAreSeenAndEnded(console) {
  const page = await licenses(console, "Trials");
  await page.getByText("No trials", { exact: true }).waitFor();
  await console.inspect(page, "licenses-trials-none");
  await console.register("pat@corp.example");
  await page.reload();
  const list = page.getByRole("grid", { name: "Trials" });
  await list.getByRole("row", { name: /pat@corp.example .* in 29 days Plus/ }).waitFor();
  await console.inspect(page, "licenses-trials");
  await page.getByRole("button", { name: /Which end within/ }).click();
  await page.getByRole("option", { name: "7 days" }).click();
  await page.getByText("No trials", { exact: true }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("days"), "7", "the choice can be linked to");
  await page.getByRole("button", { name: /Which end within/ }).click();
  await page.getByRole("option", { name: "30 days" }).click();
  await page.getByRole("checkbox", { name: "Select pat@corp.example" }).check();
  await page.getByRole("button", { name: "End trial" }).click();
  const dialog = page.getByRole("dialog", { name: "Assign user license" });
  await dialog.getByRole("radio", { name: "Plus" }).check();
  await dialog.getByText("What will happen to 1 user").waitFor();
  await console.confirm(page, dialog, "Assign", "Assign user license: Done for 1 user");
  await page.getByText("No trials", { exact: true }).waitFor();
}

export async function trialsAreTurnedOffAndOn(console) {
  const page = await licenses(console, "Trials");
  await page.getByRole("button", { name: "Turn trials off" }).click();
  const off = page.getByRole("dialog", { name: "Turn trials off" });
  await off.getByText("Trials that run go on.").waitFor();
  await console.inspect(page, "licenses-trials-off");
  await console.confirm(page, off, "Turn trials off", "Trials are turned off.");
  await page.getByText("Who registers here gets no trial.").waitFor();
  await page.getByRole("button", { name: "Turn trials on" }).click();
  const on = page.getByRole("dialog", { name: "Turn trials on" });
  await console.confirm(page, on, "Turn trials on", "Trials are turned on.");
  await page.getByText("Who registers here gets a trial.").waitFor();
}

export async function monthsAreReported(console) {
  const page = await licenses(console, "Reports");
  const table = page.getByRole("table", { name: "License-days by month as a table" });
  const now = new Date();
  const month = new Intl.DateTimeFormat("en-US", { month: "short", year: "numeric", timeZone: "UTC" }).format(now);
  await table.getByRole("link", { name: month, exact: true }).waitFor();
  await page.getByRole("application", { name: "License-days by month" }).waitFor();
  await page.getByRole("grid", { name: `People in ${month}` }).getByRole("link", { name: "barbara@corp.example" }).waitFor();
  await console.inspect(page, "licenses-report");
  await table.getByRole("link", { name: month, exact: true }).click();
  await page.waitForURL(/month=\d{4}-\d\d/);
  const download = page.waitForEvent("download");
  await table.getByRole("link", { name: `Download everybody's days in ${month} as CSV` }).click();
  assert.match((await download).suggestedFilename(), /^license-days-\d{4}-\d\d\.csv$/);
}

export async function theCatalogIsReadAndEdited(console) {
  const page = await licenses(console, "What licenses allow");
  await page.getByRole("row", { name: /meetings.host Yes Yes No No/ }).waitFor();
  const beside = page.getByRole("navigation", { name: "Pages of the console" });
  await beside.getByRole("link", { name: "Catalog" }).click();
  await console.shown(page, "Catalog");
  await page.getByRole("heading", { name: "Version 1, in force" }).waitFor();
  await console.inspect(page, "catalog");
  await page.getByRole("button", { name: "Edit catalog" }).click();
  assert.equal(await page.getByRole("button", { name: "Preview and save" }).getAttribute("aria-disabled"), "true");
  await page.getByLabel("New feature").fill("meetings.whiteboard");
  await page.keyboard.press("Enter");
  await page.getByRole("checkbox", { name: "Plus allows meetings.whiteboard" }).check();
  await page.getByRole("checkbox", { name: "Pro allows meetings.record", exact: true }).uncheck();
  await page.getByRole("button", { name: "Remove meetings.delegate" }).click();
  await console.inspect(page, "catalog-edit");
  await page.getByRole("button", { name: "Preview and save" }).click();
  const dialog = page.getByRole("dialog", { name: "Save catalog" });
  await dialog.getByText("gain meetings.whiteboard").waitFor();
  await dialog.getByText("lose meetings.delegate, meetings.record").waitFor();
  await console.inspect(page, "catalog-preview");
  await console.confirm(page, dialog, "Save", "The catalog was saved.");
  await page.getByRole("heading", { name: "Version 2, in force" }).waitFor();
  await page.getByRole("row", { name: /meetings.whiteboard No No Yes No/ }).waitFor();
}

export async function aFormerVersionIsShownAndBroughtBack(console) {
  const page = await console.operator();
  await page.getByRole("button", { name: "Version 1", exact: true }).click();
  await page.getByText("This is version 1, which is no longer in force.").waitFor();
  await page.getByRole("row", { name: /meetings.record Yes Yes No No/ }).waitFor();
  await console.inspect(page, "catalog-past");
  await page.getByRole("button", { name: "Edit, starting from version 1" }).click();
  // Somebody else is faster.
  const { version, features } = await console.api("GET", "/catalog");
  await console.api("PUT", "/catalog", { version, features: { ...features, "rooms.book": ["Pro"] } });
  await page.getByRole("button", { name: "Preview and save" }).click();
  const dialog = page.getByRole("dialog", { name: "Save catalog" });
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await dialog.getByText("Somebody else saved the catalog meanwhile.").waitFor();
  await console.inspect(page, "catalog-changed");
  await dialog.getByRole("button", { name: "Load what is in force" }).click();
  await page.getByRole("heading", { name: "Version 3, in force" }).waitFor();
  await page.getByRole("row", { name: /rooms.book Yes No No No/ }).waitFor();
}

export async function whatIsNoFeatureIsRefused(console) {
  const page = await console.operator();
  await page.getByRole("button", { name: "Edit catalog" }).click();
  await page.getByLabel("New feature").fill("rooms.book");
  await page.getByText("This feature is in the list already.").waitFor();
  await page.getByLabel("New feature").fill("Not a feature");
  await page.getByRole("button", { name: "Add feature" }).click();
  await page.getByRole("button", { name: "Preview and save" }).click();
  const dialog = page.getByRole("dialog", { name: "Save catalog" });
  await dialog.getByText(/write it as area.verb in lower case/).waitFor();
  assert.ok(await dialog.getByRole("button", { name: "Save", exact: true }).isDisabled());
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("heading", { name: "Version 3, in force" }).waitFor();
}

export async function whoMayOnlyReadChangesNoLicense(console) {
  const { enterprise } = console.demo.accounts;
  const reader = console.demo.users.find(({ address }) => address === "dennis@corp.example");
  await console.api("POST", "/grants", { user: reader.address, role: "ReadOnly", account: enterprise.id });
  const page = await console.as(reader, `/console/accounts/${enterprise.id}/licenses`);
  await console.shown(page, "Licenses");
  const change = page.getByRole("button", { name: "Change limit of Plus" });
  await change.waitFor();
  assert.equal(await change.getAttribute("aria-disabled"), "true");
  for (const [tab, button] of [["Trials", "Turn trials off"], ["Trials", "End trial"],
    ["What licenses allow", "Edit catalog"]]) {
    await page.getByRole("tab", { name: tab }).click();
    const refused = page.getByRole("button", { name: button });
    await refused.waitFor();
    assert.equal(await refused.getAttribute("aria-disabled"), "true", button);
  }
  await page.getByRole("button", { name: "Edit catalog" }).hover();
  await page.getByText("This needs FullAccess over the deployment; your role there is none.")
    .filter({ visible: true }).first().waitFor();
}
