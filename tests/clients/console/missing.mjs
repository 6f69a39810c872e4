// A verified domain whose record is missing: its owner is told, and an operator must wait.
import assert from "node:assert/strict";
import { domain, open, toDomain } from "./domain.mjs";

export async function theOwnerIsTold(console) {
  const page = await toDomain(console, "Works");
  await page.getByText("The record has been missing since").waitFor();
  await page.getByText("There are TXT records, but not this one").first().waitFor();
  await page.getByText("It is asked again every 10 seconds").waitFor();
  await console.inspect(page, "domain-missing");
}

export async function beforeSevenDaysNobodyTakesItOver(console) {
  const page = await toDomain(console, "Rival");
  const dialog = await open(page, "Take over domain");
  await dialog.getByText(/missing since .* 7 days|7 days/).first().waitFor();
  assert.ok(await dialog.getByRole("button", { name: "Take over", exact: true }).isDisabled());
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await console.shown(page, domain);
}
