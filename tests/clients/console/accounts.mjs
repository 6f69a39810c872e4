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
