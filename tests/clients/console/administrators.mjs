// Roles, access keys and API tokens, of an account and of the deployment: given, changed, withdrawn; made, replaced, revoked.
import assert from "node:assert/strict";

const team = "Sample Team";
const edsger = "edsger@example.com";

/// The page of the account, or of the deployment, by the navigation.
const open = (console, page, account, tab) => console.beside(page, account, "Administrators and keys", tab);

/// Goes on by keyboard until what is wanted has the focus.
async function tab(page, wanted) {
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press("Tab");
    const there = await page.evaluateHandle(() => document.activeElement);
    if (await there.evaluate(wanted)) return;
  }
  assert.fail("the keyboard does not get there");
}

/// What the admin API answers to a token.
async function status(console, token) {
  const asked = await fetch(`${console.url}/api/v1/accounts`, { headers: { authorization: `Bearer ${token}` } });
  return asked.status;
}

export async function emptyPagesTeach(console) {
  const page = await console.operator();
  await open(console, page, team);
  await page.getByText("Nobody holds a role here").waitFor();
  await page.getByText(`carillon user grant PERSON UserManagement --over "${team}"`).waitFor();
  await console.inspect(page, "administrators-none");
  await page.getByRole("tab", { name: "Access keys" }).click();
  await page.getByText("No access keys").waitFor();
  await console.inspect(page, "administrators-no-keys");
  await page.getByRole("tab", { name: "API tokens" }).click();
  await page.getByText("No API tokens").waitFor();
  await page.reload();
  await page.getByText("carillon token create").waitFor();
}

export async function whoCannotHoldARoleIsToldBefore(console) {
  const page = await console.operator();
  await open(console, page, team);
  await page.getByRole("button", { name: "Give a role" }).click();
  const dialog = page.getByRole("dialog", { name: "Give a role" });
  await dialog.getByRole("combobox", { name: "Address" }).fill("nobody@example.com");
  await dialog.getByText("This did not work").waitFor();
  assert.ok(await dialog.getByRole("button", { name: "Give a role" }).isDisabled());
  await console.inspect(page, "administrators-unknown");
  await dialog.getByRole("button", { name: "Cancel" }).click();
}

export async function aRoleIsGivenByKeyboardAlone(console) {
  const page = await console.operator();
  await page.getByRole("button", { name: "Give a role" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Give a role" });
  await dialog.getByRole("combobox", { name: "Address" }).waitFor();
  // The dialog begins at what closes it.
  await page.waitForFunction(() => document.activeElement?.closest("[role=dialog]"));
  await page.keyboard.press("Tab");
  await page.keyboard.type("edsg");
  await page.getByRole("option", { name: "alan@example.com" }).waitFor({ state: "detached" });
  await page.getByRole("option", { name: edsger }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForFunction((value) => document.activeElement?.value === value, edsger);
  await tab(page, ({ type }) => type === "radio");
  await page.keyboard.press("ArrowDown");
  await dialog.getByText(`${edsger} will hold UserManagement over ${team}, from now on.`).waitFor();
  await console.inspect(page, "administrators-give");
  await tab(page, ({ innerText }) => innerText === "Give a role");
  await page.keyboard.press("Enter");
  await page.getByText(`${edsger} holds a role now.`).first().waitFor();
  await console.row(page, edsger).getByText("UserManagement").waitFor();
  await console.inspect(page, "administrators");
}

export async function aRoleIsChangedAndTheLastOneStays(console) {
  const page = await console.operator();
  await page.getByRole("button", { name: `Change the role of ${edsger}` }).click();
  const change = page.getByRole("dialog", { name: `Change the role of ${edsger}` });
  await change.getByRole("radio", { name: "FullAccess" }).check();
  await change.getByText("It becomes FullAccess at once.").waitFor();
  await console.inspect(page, "administrators-change");
  await console.confirm(page, change, "Change", `The role of ${edsger} was changed.`);
  await page.getByRole("button", { name: `Withdraw the role of ${edsger}` }).click();
  const take = page.getByRole("dialog", { name: `Withdraw the role of ${edsger}` });
  await take.getByText("this is the last FullAccess grant here; give it to someone else first").waitFor();
  assert.ok(await take.getByRole("button", { name: "Withdraw", exact: true }).isDisabled());
  await console.inspect(page, "administrators-last");
  await take.getByRole("button", { name: "Cancel" }).click();
}

export async function anAccountsAdministratorMakesATokenThatIsShownOnce(console) {
  const user = console.demo.users.find(({ address }) => address === edsger);
  const page = await console.as(user, "/console/accounts");
  await open(console, page, team, "API tokens");
  await page.getByRole("button", { name: "Create an API token" }).click();
  const make = page.getByRole("dialog", { name: "Create an API token" });
  assert.ok(await make.getByRole("button", { name: "Create an API token" }).isDisabled(), "it has no name");
  await make.getByLabel("Name").fill("laptop");
  await console.inspect(page, "administrators-make");
  await make.getByRole("button", { name: "Create an API token" }).click();
  const token = await make.getByText(/^cat_/).innerText();
  await make.getByRole("button", { name: "Copy API token" }).waitFor();
  assert.equal(await status(console, token), 200);
  await console.inspect(page, "administrators-token");
  await make.getByRole("button", { name: "Close" }).last().click();
  const row = page.getByRole("row", { name: /laptop/ });
  await row.getByText("ReadOnly").waitFor();
  await row.getByText("Works", { exact: true }).waitFor();
  await console.inspect(page, "administrators-tokens");
  await page.getByRole("button", { name: "Rotate: laptop" }).click();
  const rotate = page.getByRole("dialog", { name: "Rotate laptop" });
  await rotate.getByRole("button", { name: /^The old one works still for/ }).click();
  await page.getByRole("option", { name: "1 hour" }).click();
  await rotate.getByRole("button", { name: "Rotate", exact: true }).click();
  const other = await rotate.getByText(/^cat_/).innerText();
  assert.deepEqual([await status(console, token), await status(console, other)], [200, 200], "both work for a while");
  await rotate.getByRole("button", { name: "Close" }).last().click();
  await page.getByText("Works, ends soon").waitFor();
  await page.context().close();
}

export async function anotherOnesTokenIsRevokedAndNotReplaced(console) {
  const page = await console.operator();
  await open(console, page, team, "API tokens");
  const rotate = page.getByRole("button", { name: "Rotate: laptop" }).first();
  assert.equal(await rotate.getAttribute("aria-disabled"), "true");
  await rotate.hover();
  await page.getByText("Only its owner replaces it").filter({ visible: true }).first().waitFor();
  await page.getByRole("row", { name: /Works, ends soon/ }).getByRole("button", { name: "Revoke: laptop" }).click();
  const revoke = page.getByRole("dialog", { name: "Revoke laptop" });
  await revoke.getByText("It stops working at once").waitFor();
  await revoke.getByText("It was used within the last week").or(revoke.getByText("It was never used.")).first().waitFor();
  await revoke.getByText("It is not yours: tell its owner.").waitFor();
  await console.inspect(page, "administrators-revoke");
  await console.confirm(page, revoke, "Revoke", "laptop was revoked.");
  await page.getByText("Works, ends soon").waitFor({ state: "detached" });
  await page.getByRole("checkbox", { name: "Show what ended too (1)" }).click();
  await page.getByRole("row", { name: /laptop/ }).getByText("Revoked").waitFor();
  await page.reload();
  await page.getByRole("row", { name: /laptop/ }).getByText("Revoked").waitFor();
}

export async function anAccessKeyIsMadeForOneAccount(console) {
  const page = await console.operator();
  await page.goto(`${console.url}/console/administrators?tab=keys`);
  await console.shown(page, "Administrators and keys");
  await page.getByRole("row", { name: /sample/ }).getByText("Every account").waitFor();
  await page.getByRole("button", { name: "Create an access key" }).click();
  const make = page.getByRole("dialog", { name: "Create an access key" });
  await make.getByLabel("Name").fill("scripts");
  await make.getByRole("radio", { name: "UserManagement" }).check();
  await make.getByRole("radio", { name: "One account" }).check();
  await make.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("option", { name: team }).click();
  await make.getByRole("button", { name: /^Ends/ }).click();
  await page.getByRole("option", { name: "In as many days as you say" }).click();
  await make.getByLabel("Days until it ends").fill("0");
  await make.getByText("Give a whole number of days, 1 to 9999.").waitFor();
  await make.getByLabel("Days until it ends").fill("400");
  await console.inspect(page, "administrators-key");
  await make.getByRole("button", { name: "Create an access key" }).click();
  await make.getByRole("button", { name: /^Copy Secret access key/ }).waitFor();
  await make.getByRole("button", { name: "Copy Try it" }).waitFor();
  await console.inspect(page, "administrators-key-made");
  await make.getByRole("button", { name: "Close" }).last().click();
  const row = page.getByRole("row", { name: /scripts/ });
  await row.getByText("UserManagement").waitFor();
  await row.getByRole("link", { name: team }).waitFor();
  await console.inspect(page, "administrators-keys");
  await row.getByRole("link", { name: team }).click();
  await page.getByRole("row", { name: /scripts/ }).waitFor();
}

export async function aRoleEndsWithItsKeys(console) {
  const page = await console.operator();
  await open(console, page, team);
  const grace = "grace@example.com";
  await console.api("POST", "/grants", { user: grace, role: "FullAccess", account: console.demo.accounts.team.id }, 201);
  await page.reload();
  await page.getByRole("button", { name: `Withdraw the role of ${edsger}` }).click();
  const take = page.getByRole("dialog", { name: `Withdraw the role of ${edsger}` });
  await take.getByText(`FullAccess over ${team} ends at once`).waitFor();
  await take.getByText("With it end 1 API token").waitFor();
  await console.inspect(page, "administrators-take");
  await console.confirm(page, take, "Withdraw", `${edsger} holds the role no more.`);
  await console.row(page, edsger).waitFor({ state: "detached" });
}

export async function nobodyWithdrawsTheirOwn(console) {
  const page = await console.operator();
  await page.goto(`${console.url}/console/administrators`);
  await console.shown(page, "Administrators and keys");
  const { address } = console.demo.operator;
  const own = page.getByRole("button", { name: `Withdraw the role of ${address}` });
  assert.equal(await own.getAttribute("aria-disabled"), "true");
  await console.inspect(page, "administrators-deployment");
  await own.hover();
  await page.getByText("Nobody changes their own role: ask another administrator.").filter({ visible: true }).first()
    .waitFor();
  await page.getByRole("searchbox", { name: "Person" }).fill(address);
  await page.keyboard.press("Enter");
  await page.waitForURL(/user=/);
  await console.row(page, "grace@example.com").waitFor({ state: "detached" });
  await console.row(page, address).getByText("The deployment").waitFor();
}

export async function whatWasNotAnsweredIsSentAgainAndDoneOnce(console) {
  const page = await console.operator();
  await console.users(page, team);
  const address = "late@example.org";
  // The invitation arrives, and its answer is lost.
  let lost = 0;
  await page.route("**/invitations", async (route) => {
    lost += 1;
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await page.getByRole("button", { name: "Invite users" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite users" });
  await dialog.getByLabel("Addresses").fill(address);
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await dialog.getByText("Carillon does not answer.").waitFor();
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await page.getByText("1 invitation is on its way").first().waitFor();
  assert.equal(lost, 1);
  const { items } = await console.api("GET", "/mails?limit=200");
  assert.equal(items.filter(({ to }) => to === address).length, 1, "it was mailed once");
}

export async function whoMayOnlyReadIsToldWhatItNeeds(console) {
  const page = await console.reader();
  await page.goto(`${console.url}/console/accounts/${console.demo.accounts.team.id}/administrators`);
  await console.shown(page, "Administrators and keys");
  await page.getByText("This needs FullAccess over this account; your role there is ReadOnly.").waitFor();
  await console.inspect(page, "administrators-reader");
}
