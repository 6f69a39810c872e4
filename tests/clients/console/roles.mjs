// What a role does not allow is shown and says so; who administers nothing is told.
import assert from "node:assert/strict";

export async function whoMayOnlyReadSeesWhatTheyMayNot(console) {
  const page = await console.reader();
  await console.users(page, "Sample Team");
  const invite = page.getByRole("button", { name: /Invite users/ });
  assert.equal(await invite.getAttribute("aria-disabled"), "true");
  await page.getByRole("checkbox", { name: "Select edsger@example.com" }).check();
  await page.getByRole("button", { name: "User actions" }).click();
  for (const item of await page.getByRole("menuitem").all()) {
    assert.equal(await item.getAttribute("aria-disabled"), "true", await item.innerText());
  }
  await page.getByRole("menuitem", { name: /Remove user/ }).hover();
  await page.getByText("Your role over this account is ReadOnly").filter({ visible: true }).first().waitFor();
}

export async function whoAdministersNothingIsTold(console) {
  const nobody = console.demo.users.find(({ address }) => address === "barbara@corp.example");
  const page = await console.as(nobody, "/console/accounts");
  await console.shown(page, "You administer nothing");
  await console.inspect(page, "nothing");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/signout|signin/);
}
