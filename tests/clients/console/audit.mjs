// The audit trail: found, looked at, exported.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

async function trail(console, words = "") {
  const page = await console.operator();
  await page.goto(`${console.url}/console/audit${words}`);
  await console.shown(page, "Audit");
  return page;
}

export async function theTrailIsFilteredByWhoAndWhat(console) {
  const page = await trail(console);
  await page.getByRole("button", { name: /^Account created/ }).first().waitFor();
  await console.inspect(page, "audit");
  await page.getByRole("button", { name: /^What happened/ }).click();
  await page.getByRole("combobox", { name: "Find an action" }).or(page.getByRole("searchbox", { name: "Find an action" }))
    .fill("license");
  await page.getByRole("option", { name: /License assigned/ }).click();
  await page.getByRole("button", { name: /^Account created/ }).first().waitFor({ state: "detached" });
  const whom = page.getByLabel("Who it happened to");
  await whom.fill("nobody@example.com");
  await whom.press("Enter");
  await page.getByText("Nobody within your reach has this address.").waitFor();
  await whom.fill("grace@example.com");
  await whom.press("Enter");
  await page.getByRole("button", { name: "Who it happened to: lift the filter grace@example.com" }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  assert.equal(new URL(page.url()).searchParams.get("action"), "license.assign");
  await page.reload();
  await page.getByRole("button", { name: /^License assigned/ }).waitFor();
  await console.inspect(page, "audit-filtered");
  await page.getByRole("button", { name: "Show everything" }).click();
  await page.getByRole("button", { name: /^Account created/ }).first().waitFor();
}

export async function anEntryShowsBeforeAndAfter(console) {
  const page = await trail(console, "?action=license.assign");
  await page.getByRole("button", { name: /^License assigned/ }).first().click();
  const dialog = page.getByRole("dialog", { name: "License assigned" });
  await dialog.getByRole("columnheader", { name: "Before" }).waitFor();
  await dialog.getByText("Request", { exact: true }).waitFor();
  await dialog.getByText("The command line").first().waitFor();
  await console.inspect(page, "audit-entry");
  // Whoever is sent the address sees the same.
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByRole("dialog", { name: "License assigned" }).waitFor();
  await other.close();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await dialog.waitFor({ state: "detached" });
}

export async function whatWasRefusedIsFound(console) {
  const page = await trail(console);
  await fetch(`${console.url}/api/v1/accounts/${console.demo.accounts.team.id}/domains/corp.example/release`, {
    method: "POST",
    headers: { authorization: `Bearer ${process.env.CARILLON_API_TOKEN}`, "content-type": "application/json" },
  });
  await page.getByRole("button", { name: /^Outcome/ }).click();
  await page.getByRole("option", { name: "Only what was refused" }).click();
  await page.getByText(/^Refused: /).first().waitFor();
  await page.getByText("operator@example.com").first().waitFor();
}

export async function aTimeIsChosen(console) {
  const page = await trail(console);
  await page.getByRole("button", { name: /^When/ }).click();
  await page.getByRole("radio", { name: "Last hour" }).check();
  await console.inspect(page, "audit-time");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("button", { name: /^Account created/ }).first().waitFor();
  assert.equal(new URL(page.url()).searchParams.get("last"), "1-hour");
  await page.goto(`${console.url}/console/audit?since=2001-01-01T00:00:00Z&until=2001-01-02T00:00:00Z`);
  await page.getByText("Nothing matches").waitFor();
  await console.inspect(page, "audit-none");
}

export async function whatIsFilteredIsExported(console) {
  const page = await trail(console, "?action=account.create");
  for (const [format, file] of [["CSV", "audit.csv"], ["JSON", "audit.jsonl"]]) {
    await page.getByRole("button", { name: "Export" }).click();
    const dialog = page.getByRole("dialog", { name: "Export" });
    await dialog.getByRole("radio", { name: new RegExp(`^${format}`) }).check();
    if (format === "CSV") await console.inspect(page, "audit-export");
    const download = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "Export" }).click();
    const kept = await download;
    assert.equal(kept.suggestedFilename(), file);
    const lines = readFileSync(await kept.path(), "utf8").trim().split("\n");
    assert.equal(lines.length, format === "CSV" ? 3 : 2, lines.join("\n"));
    assert.ok(lines.every((line, at) => (format === "CSV" && at === 0) || line.includes("account.create")), lines.join("\n"));
    await page.getByText("2 records were exported.").first().waitFor();
    await page.getByRole("button", { name: "Close" }).first().click();
  }
}

export async function whoMayOnlyReadSeesTheirAccountsTrail(console) {
  const page = await console.reader();
  await console.users(page, "Sample Team");
  await page.getByRole("navigation", { name: "Pages of the console" }).getByRole("link", { name: "Audit" }).click();
  await console.shown(page, "Audit");
  await page.getByRole("button", { name: /^Account created/ }).waitFor();
  await page.goto(`${console.url}/console/audit`);
  await page.getByText("This did not work").waitFor();
}
