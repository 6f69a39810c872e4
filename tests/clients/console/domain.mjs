// What flows about domains have in common.

/// The domain that they are about.
export const domain = "works.example";

/// The domains of an account, by clicks.
export async function domains(console, account) {
  const page = await console.operator();
  await console.users(page, account);
  const beside = page.getByRole("navigation", { name: "Pages of the console" });
  await beside.getByRole("link", { name: "Domains", exact: true }).click();
  await console.shown(page, "Domains");
  return page;
}

/// The page of an account's domain, by clicks.
export async function toDomain(console, account, name = domain) {
  const page = await domains(console, account);
  await page.getByRole("link", { name, exact: true }).click();
  await console.shown(page, name);
  return page;
}

/// Opens the dialog of a button on a domain's page.
export async function open(page, name) {
  await page.getByRole("button", { name, exact: true }).click();
  return page.getByRole("dialog", { name });
}
