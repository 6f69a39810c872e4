// What is set for an account and for the deployment: shown, changed after saying what changes, or greyed with the reason.
import assert from "node:assert/strict";

const team = "Sample Team";

/// The settings of an account, or of the deployment, by the navigation.
const open = (console, page, account, tab) => console.beside(page, account, "Settings", tab);

/// Saves a form after the dialog said this.
async function save(console, page, row, name) {
  await page.getByRole("button", { name: "Save changes" }).click();
  const dialog = page.getByRole("dialog", { name: "Save changes" });
  await dialog.getByRole("row", { name: row }).waitFor();
  if (name) await console.inspect(page, name);
  await console.confirm(page, dialog, "Save", "The settings were saved.");
}

export async function anAccountIsRenamedAfterSayingSo(console) {
  const page = await console.operator();
  await open(console, page, team);
  await page.getByText("People are invited.").waitFor();
  const button = page.getByRole("button", { name: "Save changes" });
  assert.equal(await button.getAttribute("aria-disabled"), "true", "nothing is changed");
  await console.inspect(page, "settings");
  await page.getByLabel("Name", { exact: true }).fill("Renamed Team");
  await page.getByRole("radio", { name: "Basic" }).check();
  await page.getByRole("checkbox", { name: /gets Pro for 30 days/ }).uncheck();
  await page.getByRole("button", { name: "Save changes" }).click();
  const dialog = page.getByRole("dialog", { name: "Save changes" });
  await dialog.getByRole("row", { name: "Default license Plus Basic" }).waitFor();
  await dialog.getByRole("row", { name: "Trials Yes No" }).waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await save(console, page, "Name Sample Team Renamed Team", "settings-change");
  await page.getByRole("link", { name: "Renamed Team" }).first().waitFor();
  assert.ok(await page.getByRole("radio", { name: "Basic" }).isChecked());
}

export async function whoWasForestalledIsTold(console) {
  const page = await console.operator();
  await page.getByLabel("Name", { exact: true }).fill("Something else");
  const { id } = console.demo.accounts.team;
  await console.api("PATCH", `/accounts/${id}`, { name: team, default_license: "Plus", trials: true }, 200);
  await page.getByRole("button", { name: "Save changes" }).click();
  const dialog = page.getByRole("dialog", { name: "Save changes" });
  await dialog.getByText("Somebody else was faster").waitFor();
  await console.inspect(page, "settings-outdated");
  await dialog.getByRole("button", { name: "Load it anew" }).click();
  await page.waitForFunction((name) => [...document.querySelectorAll("input")].some(({ value }) => value === name), team);
  assert.ok(await page.getByRole("radio", { name: "Plus" }).isChecked());
}

export async function aSecondFactorIsDemandedByKeyboardAlone(console) {
  const page = await console.operator();
  await page.getByRole("tab", { name: "General" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const box = page.getByRole("checkbox", { name: "Members prove two factors when they sign in" });
  await box.waitFor();
  await console.inspect(page, "settings-sign-in");
  await box.focus();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Save changes", disabled: false }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Save changes" });
  await dialog.getByRole("row", { name: "Members prove two factors when they sign in No Yes" }).waitFor();
  await dialog.getByRole("button", { name: "Save", exact: true, disabled: false }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("The settings were saved.").first().waitFor();
  await dialog.waitFor({ state: "detached" });
  await page.reload();
  await page.waitForFunction(() => document.querySelector("main input[type=checkbox]")?.checked);
  const add = page.getByRole("button", { name: "Add a provider" });
  assert.equal(await add.getAttribute("aria-disabled"), "true", "no domain is verified");
  // Others of this account sign in afterwards.
  await console.api("PATCH", `/accounts/${console.demo.accounts.team.id}`, { second_factor: false }, 200);
}

export async function aProviderIsAddedAndRemoved(console) {
  const page = await console.operator();
  await open(console, page, console.demo.accounts.enterprise.name, "Signing in");
  await page.getByText("No sign-in providers").waitFor();
  await page.getByText("carillon provider add").waitFor();
  await page.getByRole("button", { name: "Add a provider" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a provider" });
  await dialog.getByLabel("Name", { exact: true }).fill("Corp login");
  await dialog.getByLabel("Issuer").fill("http://login.corp.example");
  await dialog.getByLabel("Client id").fill("carillon");
  await dialog.getByLabel("Client secret").fill("a secret that is long enough");
  await console.inspect(page, "settings-provider");
  await dialog.getByRole("button", { name: "Add a provider" }).click();
  await dialog.getByText("This did not work").waitFor();
  await dialog.getByLabel("Issuer").fill("https://login.corp.example");
  await dialog.getByRole("button", { name: "Add a provider" }).click();
  await dialog.getByText("Corp login was added").waitFor();
  await dialog.getByText(`${console.url}/signin/upstream/`).waitFor();
  await console.inspect(page, "settings-provider-added");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("row", { name: /Corp login/ }).getByText("corp.example", { exact: true }).waitFor();
  await console.inspect(page, "settings-providers");
  await page.getByRole("button", { name: "Remove Corp login" }).click();
  const remove = page.getByRole("dialog", { name: "Remove Corp login" });
  await remove.getByText("People on corp.example sign in with a password or passkey again").waitFor();
  await console.inspect(page, "settings-provider-remove");
  await console.confirm(page, remove, "Remove", "Corp login was removed.");
  await page.getByText("No sign-in providers").waitFor();
}

export async function whatCallsMayDoIsSet(console) {
  const page = await console.operator();
  await open(console, page, team, "Calls");
  await page.getByText("No delegate groups").waitFor();
  await console.inspect(page, "settings-calls");
  await page.getByRole("checkbox", { name: "Meetings may call people on the telephone" }).check();
  await save(console, page, "Meetings may call people on the telephone No Yes");
}

export async function aDelegateGroupIsAddedAndRemoved(console) {
  const page = await console.operator();
  await page.getByRole("button", { name: "Add a group" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a group" });
  await dialog.getByText("The account has no directory to search").waitFor();
  await dialog.getByLabel("Group").fill("x".repeat(2_000));
  await dialog.getByText("This did not work").waitFor();
  await dialog.getByLabel("Group").fill("Assistants");
  await dialog.getByText("Assistants will be a delegate group.").waitFor();
  await console.inspect(page, "settings-group");
  await console.confirm(page, dialog, "Add", "Assistants was added.");
  await page.getByRole("row", { name: /Assistants/ }).waitFor();
  await page.getByRole("button", { name: "Remove Assistants" }).click();
  const remove = page.getByRole("dialog", { name: "Remove Assistants" });
  await console.confirm(page, remove, "Remove", "Assistants was removed.");
  await page.getByText("No delegate groups").waitFor();
}

export async function whatAPersonMayDoOnTheTelephoneIsSet(console) {
  const page = await console.operator();
  await console.users(page, team);
  await page.getByRole("link", { name: "edsger@example.com" }).click();
  await console.shown(page, "edsger@example.com");
  await page.getByRole("checkbox", { name: "Send and receive text messages" }).check();
  await save(console, page, "Send and receive text messages No Yes", "settings-telephone");
  await page.reload();
  await page.waitForFunction(() => [...document.querySelectorAll("main input[type=checkbox]")].some((box) => box.checked));
}

export async function theDeploymentsSettingsAreShownAndChanged(console) {
  const page = await console.operator();
  await open(console, page);
  await page.getByText("No sign-in providers").waitFor();
  await console.inspect(page, "settings-deployment");
  await page.getByRole("tab", { name: "Calls" }).click();
  await page.getByLabel("Bucket for business calling").fill("calls");
  await save(console, page, "Bucket for business calling None calls");
  await page.reload();
  await page.waitForFunction(() => [...document.querySelectorAll("input")].some(({ value }) => value === "calls"));
  await console.inspect(page, "settings-buckets");
  await page.getByRole("tab", { name: "Signing keys" }).click();
  await page.getByText("No signing keys yet").last().waitFor();
  const { jwks_uri: keys } = await (await fetch(`${console.url}/.well-known/openid-configuration`)).json();
  assert.equal((await (await fetch(keys)).json()).keys.length, 1, "the first one who asks has one made");
  await page.reload();
  await page.getByText("Signs now").first().waitFor();
  await page.getByRole("button", { name: "Replace them now" }).click();
  const dialog = page.getByRole("dialog", { name: "Replace them now" });
  await dialog.getByText("New keys sign from now on.").waitFor();
  await dialog.getByRole("checkbox", { name: "Somebody may know a private key" }).check();
  await dialog.getByText("The former keys are withdrawn").waitFor();
  await dialog.getByRole("checkbox", { name: "Somebody may know a private key" }).uncheck();
  await dialog.getByText("What the former ones signed stays good").waitFor();
  await console.inspect(page, "settings-rotate");
  await console.confirm(page, dialog, "Replace them now", "New keys sign from now on.");
  await page.getByText("Signed before").first().waitFor();
  await console.inspect(page, "settings-keys");
  await page.getByRole("tab", { name: "Set on the host" }).click();
  await page.getByText("limits.mails_per_account_per_day").waitFor();
  await console.inspect(page, "settings-host");
}

export async function whoMayOnlyReadSeesItAll(console) {
  const page = await console.reader();
  await open(console, page, team);
  const name = page.getByLabel("Name", { exact: true });
  assert.ok(await name.isDisabled());
  const button = page.getByRole("button", { name: "Save changes" });
  assert.equal(await button.getAttribute("aria-disabled"), "true");
  await console.inspect(page, "settings-reader");
  await button.hover();
  await page.getByText("This needs FullAccess over this account; your role there is ReadOnly.").filter({ visible: true })
    .first().waitFor();
  await page.goto(`${console.url}/console/settings`);
  await console.shown(page, "Settings");
  await page.getByText("This needs ReadOnly over the deployment; your role there is none.").waitFor();
}
