// Long lists of users: narrowed, everybody of them selected, shown as one likes, and people as CSV in and out.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/// Makes a Team with open invitations, one in five of them with Pro, by the API.
async function crowd(console, name) {
  const { id } = await console.api("POST", "/accounts", { name });
  const addresses = Array.from({ length: 25 }, (_, at) => `guest${String(at).padStart(2, "0")}@example.org`);
  const { results } = await console.api("POST", `/accounts/${id}/invitations`, { addresses: addresses.join(";") });
  const users = results.map(({ ok }) => ok.invitation).filter((_, at) => at % 5 === 0);
  await console.api("POST", `/accounts/${id}/users/license`, { users, license: "Pro" });
  return id;
}

/// Chooses in the menu of filters.
async function narrow(page, choice) {
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("menuitemcheckbox", { name: choice, exact: true }).first().click();
}

export async function theListIsNarrowedAndItsAddressSaysSo(console) {
  const page = await console.operator();
  const id = await crowd(console, "Narrowed");
  await page.goto(`${console.url}/console/accounts/${id}/users`);
  await console.row(page, "guest01@example.org").waitFor();
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("menuitemcheckbox", { name: "Suspended" }).waitFor();
  await console.inspect(page, "list-filters");
  await page.getByRole("menuitemcheckbox", { name: "Pro", exact: true }).click();
  await console.row(page, "guest01@example.org").waitFor({ state: "detached" });
  await console.row(page, "guest05@example.org").waitFor();
  await page.waitForURL(/license=Pro/);
  await narrow(page, "Invited, pending");
  await page.waitForURL(/status=Pending/);
  await page.getByRole("searchbox", { name: "Find users" }).fill("guest1");
  await console.row(page, "guest05@example.org").waitFor({ state: "detached" });
  await page.reload();
  await console.row(page, "guest10@example.org").waitFor();
  await console.inspect(page, "list-narrowed");
  await page.getByRole("searchbox", { name: "Find users" }).fill("");
  await page.getByRole("button", { name: "Remove the filter Status: Invited, pending" }).click();
  await narrow(page, "Waiting for a seat");
  await page.getByText("Nobody in this account matches the search and the filters.").waitFor();
  await console.inspect(page, "list-none");
}

export async function allThatMatchAreSelected(console) {
  const page = await console.operator();
  const id = await crowd(console, "Selected");
  await page.goto(`${console.url}/console/accounts/${id}/users?license=Pro`);
  await console.row(page, "guest05@example.org").waitFor();
  await page.getByRole("button", { name: "Select all that match" }).click();
  await page.getByText("5 users selected").waitFor();
  await page.getByRole("button", { name: "Remove the filter License: Pro" }).click();
  await console.row(page, "guest01@example.org").waitFor();
  await page.getByRole("checkbox", { name: "Select guest05@example.org" }).uncheck();
  await page.getByText("4 users selected").waitFor();
  await page.getByRole("button", { name: "Select all that match" }).click();
  await page.getByText("25 users selected").waitFor();
  await page.getByRole("button", { name: "Clear selection" }).click();
  await page.getByText("25 users selected").waitFor({ state: "detached" });
}

export async function columnsAndTheLengthOfPagesAreKept(console) {
  const page = await console.operator();
  const id = await crowd(console, "Viewed");
  await page.goto(`${console.url}/console/accounts/${id}/users`);
  await console.row(page, "guest01@example.org").waitFor();
  for (const choice of ["License comes from", "Registered", "50"]) {
    await page.getByRole("button", { name: "View", exact: true }).click();
    await page.getByRole("menuitemcheckbox", { name: choice, exact: true }).click();
  }
  for (const again of [false, true]) {
    if (again) await page.reload();
    await console.row(page, "guest24@example.org").waitFor();
    await page.getByRole("columnheader", { name: "License comes from" }).waitFor();
    assert.equal(await page.getByRole("columnheader", { name: "Registered" }).count(), 0);
  }
  await page.evaluate(() => localStorage.clear());
}

export async function peopleComeFromAFileAndManyAreChangedAtOnce(console) {
  const page = await console.operator();
  const { id, name } = console.demo.accounts.enterprise;
  await console.users(page, name);
  await page.getByRole("button", { name: "CSV", exact: true }).click();
  await page.getByRole("menuitem", { name: "Import a file" }).click();
  const dialog = page.getByRole("dialog", { name: "Import users" });
  await dialog.getByText("A CSV file whose first line names its columns").waitFor();
  await console.inspect(page, "import");
  const people = Array.from({ length: 1_100 }, (_, at) => `p${at}@corp.example,"Person, ${at}",Plus`);
  const lines = ["address,name,license", ...people, "not-an-address,,", "eve@elsewhere.example,,"];
  const buffer = Buffer.from(`${lines.join("\n")}\n`);
  await page.locator("input[type=file]").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer });
  await dialog.getByText("1,100 rows: added as members").waitFor();
  await dialog.getByText("2 rows refused").waitFor();
  await dialog.getByText("Line 1102, not-an-address:").waitFor();
  await console.inspect(page, "import-preview");
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await dialog.getByText("What was done").waitFor();
  const file = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download results" }).click();
  const rows = readFileSync(await (await file).path(), "utf8").trim().split("\r\n");
  assert.equal(rows.length, 1_103);
  assert.match(rows[1101], /^"1102","not-an-address",/);
  await console.inspect(page, "import-done");
  await dialog.getByRole("button", { name: "Close" }).last().click();

  await page.goto(`${console.url}/console/accounts/${id}/users?status=Unregistered`);
  await console.row(page, "p0@corp.example").waitFor();
  await page.getByRole("button", { name: "Select all that match" }).click();
  await page.getByText(/1,1\d\d users selected/).waitFor();
  const assign = await console.choose(page, [], "Assign user license");
  await assign.getByRole("radio", { name: "Basic" }).check();
  await assign.getByText(/What will happen to 1,1\d\d users/).waitFor();
  await assign.getByText("They are changed 1,000 at a time", { exact: false }).waitFor();
  await console.inspect(page, "list-many");
  await console.confirm(page, assign, "Assign", /Assign user license: Done for 1,1\d\d users/);
  await console.row(page, "p0@corp.example").getByText("Basic", { exact: true }).waitFor();

  const exported = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV", exact: true }).click();
  await page.getByRole("menuitem", { name: "Export everybody" }).click();
  const text = readFileSync(await (await exported).path(), "utf8");
  assert.ok(text.startsWith("address,name,license,") && text.includes("p1099@corp.example"), text.slice(0, 200));
}

export async function aFileThatIsNoneSaysSo(console) {
  const page = await console.operator();
  await console.users(page, "Sample Team");
  await page.getByRole("button", { name: "CSV", exact: true }).click();
  await page.getByRole("menuitem", { name: "Import a file" }).click();
  const dialog = page.getByRole("dialog", { name: "Import users" });
  const choose = (text) => page.locator("input[type=file]")
    .setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await choose("address\n");
  await dialog.getByText("The file has no rows below its first line.").waitFor();
  await choose("mail\nada@example.org\n");
  await dialog.getByText("This did not work").waitFor();
  assert.ok(await dialog.getByRole("button", { name: "Import", exact: true }).isDisabled());
  await page.keyboard.press("Escape");
}
