// Finding accounts, making one, and what a browser loads for it.
import assert from "node:assert/strict";

/// What the first list may cost, in bytes as they are sent.
const budget = 450_000;

export async function whoSignsInSeesTheAccounts(console) {
  const loaded = new Map();
  const page = await console.as(console.demo.operator, "/console/accounts", loaded);
  await console.shown(page, "Accounts");
  await page.getByRole("link", { name: "Sample Team" }).click();
  await console.shown(page, "Users");
  const sum = [...loaded.values()].reduce((sum, size) => sum + size, 0);
  globalThis.console.log(`the first list of users took ${sum} bytes in ${loaded.size} answers`);
  assert.ok(sum > 100_000 && sum < budget, `${sum} bytes were loaded`);
  await console.users(page, "Sample Team");
  await page.goBack();
  await console.shown(page, "Accounts");
  await console.inspect(page, "accounts");
}

export async function accountsAreFoundByNameAndByUser(console) {
  const page = await console.operator();
  await page.goto(`${console.url}/console/accounts`);
  await console.shown(page, "Accounts");
  const search = page.getByRole("searchbox", { name: "Search accounts" });
  await search.fill("sample e");
  await page.getByRole("link", { name: "Sample Team" }).waitFor({ state: "detached" });
  await page.getByRole("link", { name: console.demo.accounts.enterprise.name }).waitFor();
  await search.fill("grace@example.com");
  await page.getByRole("link", { name: "Sample Team" }).waitFor();
  await search.fill("nobody@example.com");
  await page.getByText("No account that you may see matches this search.").waitFor();
  await console.inspect(page, "accounts-none");
}

export async function anAccountIsCreated(console) {
  const page = await console.operator();
  await page.goto(`${console.url}/console/accounts`);
  await page.getByRole("button", { name: "Create account" }).click();
  const dialog = page.getByRole("dialog", { name: "Create account" });
  await dialog.getByLabel("Name").fill("Made in the console");
  await console.inspect(page, "accounts-create");
  await dialog.getByRole("button", { name: "Create account" }).click();
  await page.getByText("Made in the console was created.").waitFor();
  await console.shown(page, "Users");
  await page.getByText("No users yet").waitFor();
}

/// Opens an account's menu in the list and chooses, whose dialog is then shown.
async function choose(console, page, account, deed) {
  await page.goto(`${console.url}/console/accounts?search=${encodeURIComponent(account)}`);
  await console.shown(page, "Accounts");
  await page.getByRole("button", { name: `Actions for ${account}`, exact: true }).click();
  await page.getByRole("menuitem", { name: deed }).click();
  return page.getByRole("dialog", { name: deed });
}

export async function anAccountIsRenamedAndHasAnotherDefaultLicense(console) {
  const { id } = await console.api("POST", "/accounts", { name: "Before" });
  const page = await console.operator();
  const edit = "Rename or change the default license";
  const dialog = await choose(console, page, "Before", edit);
  await dialog.getByLabel("Name").fill("Afterwards");
  await dialog.getByRole("radio", { name: "Basic" }).check();
  await console.inspect(page, "accounts-edit");
  // Somebody is faster, which is said before it is tried again.
  await console.api("PATCH", `/accounts/${id}`, { trials: false });
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Somebody else was faster").waitFor();
  await console.inspect(page, "accounts-outdated");
  await dialog.getByRole("button", { name: "Load it anew" }).click();
  await dialog.getByText("Somebody else was faster").waitFor({ state: "detached" });
  await dialog.getByLabel("Name").fill("Afterwards");
  await dialog.getByRole("radio", { name: "Basic" }).check();
  await console.confirm(page, dialog, "Save", "Afterwards was changed.");
  const { name, default_license, trials } = await console.api("GET", `/accounts/${id}`);
  assert.deepEqual([name, default_license, trials], ["Afterwards", "Basic", false]);
}

export async function whatStandsInTheWayOfADeletionIsLinked(console) {
  const page = await console.operator();
  const dialog = await choose(console, page, "Sample Team", "Delete account");
  await dialog.getByText("Sample Team cannot be deleted yet").waitFor();
  assert.ok(await dialog.getByRole("button", { name: "Delete", exact: true }).isDisabled());
  await dialog.getByRole("link", { name: "Its users: remove them" }).waitFor();
  assert.equal(await dialog.getByRole("link", { name: "Its domains: release them" }).count(), 0, "it has none");
  assert.equal(await dialog.getByText("This did not work").count(), 0, "a refusal that was to be expected is no failure");
  await console.inspect(page, "accounts-delete-not");
  await dialog.getByRole("link", { name: "Its users: remove them" }).click();
  await console.shown(page, "Users");
}

export async function anAccountIsDeletedAndRestored(console) {
  await console.api("POST", "/accounts", { name: "Short-lived" });
  const page = await console.operator();
  const dialog = await choose(console, page, "Short-lived", "Delete account");
  await dialog.getByText("It is kept for 90 days").waitFor();
  await console.inspect(page, "accounts-delete");
  await console.confirm(page, dialog, "Delete", "Short-lived was deleted.");
  await page.getByRole("row", { name: /Short-lived/ }).getByText("Deleted").waitFor();
  const again = await choose(console, page, "Short-lived", "Restore account");
  await again.getByText("Short-lived will be as it was").waitFor();
  await console.inspect(page, "accounts-restore");
  await console.confirm(page, again, "Restore", "Short-lived was restored.");
  await page.getByRole("row", { name: /Short-lived/ }).getByText("Active").waitFor();
}

export async function whoAdministersOneAccountMayNotDeleteIt(console) {
  const account = console.demo.accounts.team.id;
  await console.api("POST", "/grants", { user: "alan@example.com", role: "FullAccess", account });
  const alan = console.demo.users.find(({ address }) => address === "alan@example.com");
  const page = await console.as(alan, "/console/accounts");
  await page.getByRole("button", { name: "Actions for Sample Team" }).click();
  const edit = page.getByRole("menuitem", { name: "Rename or change the default license" });
  await edit.waitFor();
  assert.notEqual(await edit.getAttribute("aria-disabled"), "true");
  for (const name of [/Delete account/, /Restore account/]) {
    assert.equal(await page.getByRole("menuitem", { name }).getAttribute("aria-disabled"), "true");
  }
}
