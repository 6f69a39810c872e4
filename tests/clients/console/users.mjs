// The paths of the original's guide: assign licenses, invite, resend, suspend, activate, log out, remove, each from
// Accounts by the labels that administrators know.
import assert from "node:assert/strict";

const team = "Sample Team";

export async function licensesAreAssigned(console) {
  const page = await console.operator();
  await console.users(page, team);
  await console.inspect(page, "users");
  const people = ["alan@example.com", "edsger@example.com"];
  for (const address of people) await page.getByRole("checkbox", { name: `Select ${address}` }).check();
  await page.getByRole("button", { name: "User actions" }).click();
  await page.getByRole("menuitem", { name: "Assign user license" }).waitFor();
  await console.inspect(page, "users-menu");
  await page.getByRole("menuitem", { name: "Assign user license" }).click();
  const dialog = page.getByRole("dialog", { name: "Assign user license" });
  const assign = dialog.getByRole("button", { name: "Assign", exact: true });
  assert.ok(await assign.isDisabled(), "nothing is chosen yet");
  await dialog.getByRole("radio", { name: "Pro" }).check();
  await dialog.getByText("What will happen to 2 users").waitFor();
  await console.inspect(page, "users-license");
  await console.confirm(page, dialog, "Assign", "Assign user license: Done for 2 users");
  for (const address of people) await console.row(page, address).getByText("Pro", { exact: true }).waitFor();
}

export async function usersAreInvitedAndRemindedInOneBox(console) {
  const page = await console.operator();
  await console.users(page, team);
  await page.getByRole("button", { name: "Invite users" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite users" });
  await dialog.getByLabel("Addresses").fill("ada@example.org; Bob <bob@example.net>; not-an-address");
  await dialog.getByText("3 addresses").waitFor();
  await dialog.getByText("This is no address: not-an-address").waitFor();
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await dialog.getByText("2 invitations are on their way").waitFor();
  await dialog.getByText("1 address was not invited").waitFor();
  await console.inspect(page, "users-invited");
  await dialog.getByRole("contentinfo").or(dialog).getByRole("button", { name: "Close" }).last().click();
  await console.row(page, "ada@example.org").getByText("Invited, pending").waitFor();
  const again = await console.choose(page, ["ada@example.org", "grace@example.com"], "Resend invitation");
  await again.getByText("grace@example.com: has no open invitation").waitFor();
  await again.getByRole("button", { name: "Resend", exact: true }).click();
  await again.getByText("Done for 1 user", { exact: true }).waitFor();
  await again.getByText("Not done for 1 user").waitFor();
  const download = page.waitForEvent("download");
  await again.getByRole("button", { name: "Download results" }).click();
  assert.equal((await download).suggestedFilename(), "resend.csv");
  await console.inspect(page, "users-results");
}

export async function enterpriseUsersAreSuspendedAndActivated(console) {
  const page = await console.operator();
  await console.users(page, console.demo.accounts.enterprise.name);
  const dennis = "dennis@corp.example";
  const suspend = await console.choose(page, [dennis], "Suspend user");
  await suspend.getByLabel("Reason").fill("on leave");
  await suspend.getByText("What will happen to 1 user").waitFor();
  await console.inspect(page, "users-suspend");
  await console.confirm(page, suspend, "Suspend", "Suspend user: Done for 1 user");
  await console.row(page, dennis).getByText("Suspended").waitFor();
  const activate = await console.choose(page, [dennis], "Activate user");
  await console.confirm(page, activate, "Activate", "Activate user: Done for 1 user");
  await console.row(page, dennis).getByText("Registered").waitFor();
}

export async function whatATeamMayNotSaysWhy(console) {
  const page = await console.operator();
  await console.users(page, team);
  await page.getByRole("checkbox", { name: "Select grace@example.com" }).check();
  await page.getByRole("button", { name: "User actions" }).click();
  const suspend = page.getByRole("menuitem", { name: /Suspend user/ });
  assert.equal(await suspend.getAttribute("aria-disabled"), "true");
  await suspend.hover();
  await page.getByText("A Team's users cannot be suspended.").filter({ visible: true }).first().waitFor();
  await page.keyboard.press("Escape");
}

export async function usersAreLoggedOutAndRemoved(console) {
  const page = await console.operator();
  await console.users(page, team);
  const logOut = await console.choose(page, ["alan@example.com"], "Log out");
  await console.confirm(page, logOut, "Log out", "Log out: Done for 1 user");
  const remove = await console.choose(page, ["alan@example.com"], "Remove user");
  await remove.getByText("They stay free users").waitFor();
  await console.confirm(page, remove, "Remove", "Remove user: Done for 1 user");
  await console.row(page, "alan@example.com").waitFor({ state: "detached" });
}

export async function usersAreFoundByHowTheirNamesBegin(console) {
  const page = await console.operator();
  await console.users(page, team);
  await page.getByRole("checkbox", { name: "Select edsger@example.com" }).check();
  await page.getByRole("searchbox", { name: "Find users" }).fill("grace");
  await console.row(page, "edsger@example.com").waitFor({ state: "detached" });
  await console.row(page, "grace@example.com").waitFor();
  await page.getByText("1 user selected").waitFor();
  await page.reload();
  await console.row(page, "grace@example.com").waitFor();
}

export async function whoIsTickedStaysSoOnOtherPages(console) {
  const { id } = await console.api("POST", "/accounts", { name: "Many" });
  const addresses = Array.from({ length: 25 }, (_, at) => `person${String(at).padStart(2, "0")}@example.org`);
  await console.api("POST", `/accounts/${id}/invitations`, { addresses: addresses.join(";") });
  const page = await console.operator();
  await console.users(page, "Many");
  await page.getByRole("checkbox", { name: "Select person00@example.org" }).check();
  await page.getByRole("button", { name: "Next page" }).first().click();
  await page.getByRole("checkbox", { name: "Select person24@example.org" }).check();
  await page.getByText("2 users selected").waitFor();
  await page.getByRole("button", { name: "Previous page" }).first().click();
  assert.ok(await page.getByRole("checkbox", { name: "Select person00@example.org" }).isChecked());
  await page.getByRole("button", { name: "User actions" }).click();
  await page.getByRole("menuitem", { name: "Remove user" }).click();
  const remove = page.getByRole("dialog", { name: "Remove user" });
  await console.confirm(page, remove, "Remove", "Remove user: Done for 2 users");
  await console.row(page, "person00@example.org").waitFor({ state: "detached" });
}

export async function assigningALicenseNeedsNoMouse(console) {
  const page = await console.operator();
  await console.users(page, team);
  await page.getByRole("checkbox", { name: "Select edsger@example.com" }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "User actions" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Assign user license" }).waitFor();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Assign user license" });
  await dialog.waitFor();
  await page.waitForFunction(() => document.activeElement?.closest("[role=dialog]"));
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  // The focus is where it was.
  await page.waitForFunction(() => document.activeElement?.textContent === "User actions");
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Assign user license" }).waitFor();
  await page.keyboard.press("Enter");
  await dialog.getByRole("radio", { name: "Basic" }).focus();
  await page.keyboard.press("Space");
  await dialog.getByText("What will happen to 1 user").waitFor();
  await dialog.getByRole("button", { name: "Assign", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Assign user license: Done for 1 user").first().waitFor();
  await console.row(page, "edsger@example.com").getByText("Basic", { exact: true }).waitFor();
}
