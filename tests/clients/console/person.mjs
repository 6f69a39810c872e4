// One user's page: where they are signed in, a new PIN, lost second factors.
import assert from "node:assert/strict";

const grace = (console) => console.demo.users.find(({ address }) => address === "grace@example.com");

/// Opens a user's page from the list.
async function open(console, page, address) {
  await console.users(page, "Sample Team");
  await page.getByRole("link", { name: address }).click();
  await console.shown(page, address);
}

export async function oneSessionIsEnded(console) {
  const theirs = await console.as(grace(console), "/me");
  const page = await console.operator();
  await open(console, page, "grace@example.com");
  const sessions = page.getByRole("table", { name: "Sessions" });
  const row = sessions.getByRole("row", { name: /Chrome, Linux/ });
  await row.getByText("127.0.0.1").waitFor();
  await console.inspect(page, "person-sessions");
  await row.getByRole("button", { name: "End the session of Chrome, Linux" }).click();
  const dialog = page.getByRole("dialog", { name: "End session" });
  await dialog.getByText("They may sign in again.").waitFor();
  await console.inspect(page, "person-end");
  await console.confirm(page, dialog, "End", "The session has ended.");
  await sessions.getByText("They are signed in with no browser.").waitFor();
  await theirs.reload();
  assert.equal(new URL(theirs.url()).pathname, "/signin");
}

export async function aNewPinIsShownOnce(console) {
  const page = await console.operator();
  await open(console, page, "grace@example.com");
  const dialog = await console.choose(page, [], "Reset PIN");
  await dialog.getByText("They get a new personal PIN").waitFor();
  await dialog.getByRole("button", { name: "Reset", exact: true }).click();
  await dialog.getByText(/^\d{10}$/).waitFor();
  await console.inspect(page, "person-pin");
  await dialog.getByRole("button", { name: "Close" }).last().click();
}

export async function secondFactorsAreTakenAway(console) {
  const page = await console.operator();
  await open(console, page, "alan@example.com");
  const dialog = await console.choose(page, [], "Reset second factor");
  await dialog.getByText("1 mail is sent.").waitFor();
  await console.confirm(page, dialog, "Reset", "Reset second factor: Done for 1 user");
}

export async function whoMayOnlyReadEndsNothing(console) {
  await console.as(grace(console), "/me");
  const reader = await console.reader();
  await open(console, reader, "grace@example.com");
  const end = reader.getByRole("button", { name: "End the session of Chrome, Linux" });
  await end.waitFor();
  assert.equal(await end.getAttribute("aria-disabled"), "true");
  await console.users(reader, "Sample Team");
  await reader.getByRole("button", { name: "CSV", exact: true }).click();
  const item = reader.getByRole("menuitem", { name: /Import a file/ });
  assert.equal(await item.getAttribute("aria-disabled"), "true");
}
