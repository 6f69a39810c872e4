// The outbox: what waits, what is wrong with it, sent again, given up.
import assert from "node:assert/strict";

async function open(console) {
  const page = await console.operator();
  await page.goto(`${console.url}/console/outbox`);
  await console.shown(page, "Outbox");
  await page.getByRole("button", { name: /^Show Invitation/ }).first().waitFor();
  return page;
}

export async function messagesAreLookedAt(console) {
  const page = await open(console);
  await console.inspect(page, "outbox");
  await page.getByRole("button", { name: /^Show Invitation/ }).first().click();
  const dialog = page.getByRole("dialog", { name: /^Invitation, number/ });
  await dialog.getByText("A person, by mail").waitFor();
  await dialog.getByRole("link", { name: "edsger@example.com" }).waitFor();
  await console.inspect(page, "outbox-message");
  await dialog.getByRole("link", { name: "edsger@example.com" }).click();
  await console.shown(page, "edsger@example.com");
}

export async function messagesAreGivenUpAndSentAgain(console) {
  const page = await open(console);
  const box = page.getByRole("checkbox", { name: /^Select Invitation/ });
  await box.first().check();
  await page.getByText("1 message selected").waitFor();
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Give up" }).click();
  const discard = page.getByRole("dialog", { name: "Give up" });
  await discard.getByText("What will happen to 1 message").waitFor();
  await console.inspect(page, "outbox-discard");
  await console.confirm(page, discard, "Give up", "Give up: done for 1 message");
  await page.getByText("Given up", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: /^State/ }).click();
  await page.getByRole("option", { name: "Given up" }).click();
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  assert.equal(new URL(page.url()).searchParams.get("state"), "dead");
  await box.first().check();
  await page.getByRole("button", { name: "Actions" }).click();
  const giveUp = page.getByRole("menuitem", { name: /Give up/ });
  assert.equal(await giveUp.getAttribute("aria-disabled"), "true", "it was given up already");
  await page.getByRole("menuitem", { name: "Send again" }).click();
  const retry = page.getByRole("dialog", { name: "Send again" });
  await console.confirm(page, retry, "Send again", "Send again: done for 1 message");
  await page.getByText("Nothing like this").waitFor();
  await console.inspect(page, "outbox-none");
}

export async function messagesAreNarrowedByWhomTheyGoTo(console) {
  const page = await open(console);
  const choose = async (name, option) => {
    await page.getByRole("button", { name }).click();
    await page.getByRole("option", { name: option, exact: true }).click();
  };
  await choose(/^To/, console.demo.application.name);
  await page.getByText("Nothing like this").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("receiver"), console.demo.application.id);
  await choose(/^To/, "A person, by mail");
  await page.getByRole("button", { name: /^Show Invitation/ }).first().waitFor();
  await choose(/^To/, "All receivers");
  await page.getByRole("button", { name: /^Show Invitation/ }).first().waitFor();
  assert.equal(new URL(page.url()).searchParams.get("receiver"), null);
}

export async function whoMayOnlyReadSeesWhatTheyMayNot(console) {
  const page = await console.reader(null);
  await page.goto(`${console.url}/console/outbox`);
  await page.getByRole("checkbox", { name: /^Select Invitation/ }).first().check();
  await page.getByRole("button", { name: "Actions" }).click();
  for (const item of await page.getByRole("menuitem").all()) {
    assert.equal(await item.getAttribute("aria-disabled"), "true", await item.innerText());
  }
  await page.getByRole("menuitem", { name: /Send again/ }).hover();
  await page.getByText("This needs FullAccess over the deployment.").filter({ visible: true }).first().waitFor();
}
