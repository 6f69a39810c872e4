// How the server is doing: what stands now, what was measured, as plots and as tables.
import assert from "node:assert/strict";

/// Opens the page by the navigation.
async function open(console) {
  const page = await console.operator();
  await page.goto(`${console.url}/console`);
  await console.shown(page, "Accounts");
  const beside = page.getByRole("navigation", { name: "Pages of the console" });
  await beside.getByRole("link", { name: "Health" }).click();
  await console.shown(page, "Health");
  return page;
}

/// The sample application asks whether somebody may.
async function asks(console, feature) {
  const answer = await fetch(`${console.url}/access/v1/evaluation`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${console.demo.application.credential}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({
      subject: { type: "user", id: "grace@example.com" },
      action: { name: "use" },
      resource: { type: "feature", id: feature },
    }),
  });
  assert.equal(answer.status, 200);
}

export async function whatStandsNowIsTold(console) {
  const { items: [kept] } = await console.api("GET", "/outbox?state=kept&limit=1");
  await console.api("POST", `/outbox/${kept.id}/discard`);
  await asks(console, "meetings.join");
  await asks(console, "no.such.feature");
  const page = await open(console);
  await page.getByText("It takes requests").waitFor();
  await page.getByText(/^(SQLite|PostgreSQL) answers$/).waitFor();
  await page.getByText(/^[\d,]+ MB$/).waitFor();
}

export async function whatWasMeasuredStandsInTablesAndPlots(console) {
  const page = await open(console);
  await page.getByRole("button", { name: "Tables" }).click();
  const requests = page.getByRole("table", { name: "Requests", exact: true });
  await requests.getByRole("columnheader", { name: "Answered 2xx" }).waitFor();
  await requests.getByRole("rowheader").first().waitFor();
  const reasons = page.getByRole("table", { name: "Decisions by reason, since the start" });
  await reasons.getByRole("row", { name: /feature-granted Allowed [1-9]/ }).waitFor();
  await reasons.getByRole("row", { name: /unknown-feature Refused [1-9]/ }).waitFor();
  const routes = page.getByRole("table", { name: "Requests by route, since the start" });
  await routes.getByRole("row", { name: /access\/v1\/evaluation POST [1-9]/ }).waitFor();
  await page.getByRole("table", { name: "Scheduled tasks" }).getByText(/^In /).first().waitFor();
  assert.equal(new URL(page.url()).searchParams.get("view"), "table");
  const messages = page.getByRole("table", { name: "Outbox by receiver" });
  await messages.getByRole("row", { name: /People, by mail Given up 1/ }).waitFor();
  await console.inspect(page, "health-tables");
  await page.getByRole("button", { name: "Plots" }).click();
  for (const plot of ["Decisions", "Requests", "Time to the answer", "Outbox", "Oldest message that waits",
    "Connections to the database"]) {
    await page.getByRole("application", { name: plot, exact: true }).waitFor();
  }
  await console.inspect(page, "health");
  await page.getByRole("link", { name: "Look into the outbox" }).click();
  await console.shown(page, "Outbox");
}

export async function whoeverReadsTheDeploymentSeesIt(console) {
  const page = await console.reader(null);
  await page.goto(`${console.url}/console/health?view=table`);
  await page.getByRole("table", { name: "Scheduled tasks" }).waitFor();
}

export async function whoAdministersAnAccountIsToldWhatIsMissing(console) {
  const administrator = await console.register("accountant@example.net");
  const account = console.demo.accounts.team.id;
  await console.api("POST", "/grants", { user: administrator.address, role: "FullAccess", account }, 201);
  const page = await console.as(administrator, "/console/health");
  await page.getByText("It takes requests").waitFor();
  await page.getByText("This did not work").waitFor();
  await console.inspect(page, "health-refused");
}
