// Applications: made, changed, their secrets, lines to copy, deleted.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const name = "Wiki";
const uri = "https://wiki.example.org/.carillon/enter";

/// Opens the deployment's applications by the navigation.
async function list(console) {
  const page = await console.operator();
  await page.goto(`${console.url}/console`);
  await console.shown(page, "Accounts");
  const beside = page.getByRole("navigation", { name: "Pages of the console" });
  await beside.getByRole("link", { name: "Applications", exact: true }).click();
  await console.shown(page, "Applications");
  return page;
}

/// Opens an application's tab.
async function open(console, application, tab) {
  const page = await list(console);
  await page.getByRole("link", { name: application, exact: true }).click();
  await console.shown(page, application);
  await page.getByRole("tab", { name: tab }).click();
  return page;
}

/// What an application's secret is answered when it asks.
async function asks(console, secret) {
  const { application } = console.demo;
  const answer = await fetch(`${console.url}/access/v1/evaluation`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({
      subject: { type: "user", id: "grace@example.com" },
      action: { name: "use" },
      resource: { type: "feature", id: "meetings.host" },
    }),
  });
  assert.ok(application);
  return answer.status;
}

export async function anAccountWithoutApplicationsIsToldWhatTheyAre(console) {
  const page = await console.operator();
  await page.goto(`${console.url}/console/accounts/${console.demo.accounts.team.id}/applications`);
  await console.shown(page, "Applications");
  await page.getByText("No applications").waitFor();
  await console.inspect(page, "applications-none");
}

export async function anApplicationIsMadeAndItsSecretShownOnce(console) {
  const page = await list(console);
  await page.getByRole("link", { name: "Meetings" }).waitFor();
  await console.inspect(page, "applications");
  await page.getByRole("button", { name: "Create application" }).click();
  await console.shown(page, "Create application");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Redirect URIs", { exact: true }).fill("https://wiki.example.org/callback");
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByLabel("Back-channel logout URI").fill("https://wiki.example.org/logout-notice");
  await console.inspect(page, "applications-new");
  await page.getByLabel("Redirect URIs", { exact: true }).fill("http://wiki.example.org/callback");
  await page.getByRole("button", { name: "Create application" }).click();
  // What is refused says what to do.
  await page.getByText(/redirect.*https/i).first().waitFor();
  await page.getByLabel("Redirect URIs", { exact: true }).fill(uri);
  await page.getByRole("button", { name: "Create application" }).click();
  await console.shown(page, `${name} was created`);
  await page.getByText("The secret is shown this once").waitFor();
  const secret = await page.getByText(/^caa_/).first().innerText();
  assert.equal(await asks(console, secret), 200, "the secret works");
  await page.getByRole("button", { name: "Copy client_secret" }).waitFor();
  await page.getByText(`, "${secret}"`).waitFor();
  await console.inspect(page, "applications-made");
  await page.getByRole("button", { name: "Go to the application" }).click();
  await console.shown(page, name);
  await page.getByRole("tab", { name: "Settings" }).waitFor();
  await console.inspect(page, "application");
}

export async function aChangeSaysFirstWhatItChanges(console) {
  const page = await open(console, name, "Settings");
  await page.getByLabel("Name", { exact: true }).fill("Encyclopedia");
  await page.getByRole("button", { name: /^Least license/ }).click();
  await page.getByRole("option", { name: "Plus" }).click();
  await page.getByRole("radio", { name: "Members of certain accounts" }).check();
  await page.getByRole("button", { name: /^Accounts/ }).click();
  await page.getByRole("option", { name: "Sample Team" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Save changes" }).click();
  const dialog = page.getByRole("dialog", { name: "Save changes" });
  await dialog.getByRole("row", { name: /Name Wiki Encyclopedia/ }).waitFor();
  await dialog.getByRole("row", { name: /Accounts none Sample Team/ }).waitFor();
  await dialog.getByRole("row", { name: /Least license Any license Plus/ }).waitFor();
  await console.inspect(page, "application-change");
  await console.confirm(page, dialog, "Save", "Encyclopedia was changed.");
  await console.shown(page, "Encyclopedia");
  await page.reload();
  await console.shown(page, "Encyclopedia");
  assert.ok(await page.getByRole("radio", { name: "Members of certain accounts" }).isChecked());
}

export async function whoWasForestalledIsTold(console) {
  const page = await open(console, "Encyclopedia", "Settings");
  const id = new URL(page.url()).pathname.split("/").at(-1);
  await page.getByLabel("Name", { exact: true }).fill("Something else");
  await console.api("PATCH", `/applications/${id}`, { name }, 200);
  await page.getByRole("button", { name: "Save changes" }).click();
  const dialog = page.getByRole("dialog", { name: "Save changes" });
  await dialog.getByText("Somebody else was faster").waitFor();
  await dialog.getByText("The last change was application.update by an administrator").waitFor();
  await console.inspect(page, "application-outdated");
  await dialog.getByRole("button", { name: "Load it anew" }).click();
  await console.shown(page, name);
}

export async function secretsAreMadeRotatedAndRevoked(console) {
  const page = await open(console, name, "Secrets");
  const row = (text) => page.getByRole("row", { name: text });
  await row("first").getByText("Works", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Make a secret" }).click();
  const make = page.getByRole("dialog", { name: "Make a secret" });
  await make.getByLabel("Name").fill("second");
  await make.getByRole("button", { name: "Make a secret" }).click();
  const second = await make.getByText(/^caa_/).innerText();
  await console.inspect(page, "application-secret");
  await make.getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("button", { name: "Rotate: second" }).click();
  const rotate = page.getByRole("dialog", { name: "Rotate second" });
  await rotate.getByRole("button", { name: /^The old one works still for/ }).click();
  await page.getByRole("option", { name: "1 hour" }).click();
  await console.inspect(page, "application-rotate");
  await rotate.getByRole("button", { name: "Rotate" }).click();
  const third = await rotate.getByText(/^caa_/).innerText();
  assert.deepEqual([await asks(console, second), await asks(console, third)], [200, 200], "both work for a while");
  await rotate.getByRole("button", { name: "Close" }).last().click();
  await page.getByText("Works, ends soon").waitFor();
  await console.inspect(page, "application-secrets");
  await page.getByRole("button", { name: "Revoke: first" }).click();
  const revoke = page.getByRole("dialog", { name: "Revoke first" });
  await revoke.getByText("It stops working at once").waitFor();
  await console.confirm(page, revoke, "Revoke", "first was revoked.");
  await row("first").getByText("Revoked").waitFor();
}

export async function configurationsAreReadyToCopy(console) {
  const page = await open(console, name, "Ready configurations");
  const id = new URL(page.url()).pathname.split("/").at(-1);
  const shown = async (client) => {
    await page.getByRole("button", { name: /^For / }).click();
    await page.getByRole("option", { name: client }).click();
    return page.getByRole("region", { name: `Configuration for ${client}` }).innerText();
  };
  assert.match(await shown("nginx (auth_request)"), new RegExp(`/check\\?application=${id}`));
  await console.inspect(page, "application-configurations");
  // The manual tells the same.
  const manual = readFileSync(new URL("../../../docs/reverse-proxy.md", import.meta.url), "utf8");
  const told = (lines) => lines.trim().replaceAll(console.url, "https://id.example.org").replaceAll(id, "ID")
    .replaceAll(new URL(console.url).host, "id.example.org");
  for (const client of ["Traefik (forwardAuth)", "Caddy (forward_auth)"]) {
    const lines = told(await shown(client));
    assert.ok(manual.includes(lines), `${client} is another in docs/reverse-proxy.md:\n${lines}`);
  }
  const curl = await shown("AuthZEN with curl");
  assert.ok(curl.includes("THE-SECRET") && curl.includes(id), curl);
  await page.reload();
  await page.getByRole("region", { name: "Configuration for AuthZEN with curl" }).waitFor();
}

export async function whatItWasNotToldYetIsSaid(console) {
  const page = await open(console, name, "Deliveries");
  await page.getByText("Nothing was to be told").waitFor();
  await console.inspect(page, "application-no-deliveries");
}

/// Enters an application as whoever is signed in in this tab, without following where they are sent.
async function enter(console, page, application, redirect_uri) {
  const { request } = page.context();
  const { authorization_endpoint, token_endpoint } = await (await request.get(
    `${console.url}/.well-known/openid-configuration`)).json();
  const code_verifier = "0123456789abcdef".repeat(3);
  const params = {
    client_id: application.id,
    redirect_uri,
    response_type: "code",
    scope: "openid",
    code_challenge: createHash("sha256").update(code_verifier).digest("base64url"),
    code_challenge_method: "S256",
  };
  const sent = await request.get(authorization_endpoint, { params, maxRedirects: 0 });
  const code = new URL(sent.headers().location).searchParams.get("code");
  assert.ok(code, sent.headers().location);
  const form = { grant_type: "authorization_code", client_id: application.id, redirect_uri, code, code_verifier };
  const tokens = await request.post(token_endpoint, { form });
  assert.equal(tokens.status(), 200, await tokens.text());
}

export async function whoAdministersItSeesWhatItWasTold(console) {
  const { id: account } = console.demo.accounts.team;
  let answers = 500;
  const server = createServer((_, response) => response.writeHead(answers).end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const own = `http://127.0.0.1:${server.address().port}`;
  const client = { public: true, redirect_uris: [`${own}/callback`], backchannel_logout_uri: `${own}/logout` };
  const application = await console.api("POST", "/applications", { name: "Minutes", owner: account, client }, 201);
  const member = console.demo.users.find((user) => user.account === account && user.password);
  const tab = await console.as(member, "/me");
  await enter(console, tab, application, `${own}/callback`);
  await tab.context().close();
  const refused = once(server, "request");
  await console.api("POST", `/accounts/${account}/users/log-out`, { users: [member.id] });
  await refused;
  const administrator = await console.register("minutes@example.net");
  await console.api("POST", "/grants", { user: administrator.address, role: "FullAccess", account }, 201);
  const page = await console.as(administrator, `/console/accounts/${account}/applications/${application.id}`);
  await page.getByRole("tab", { name: "Deliveries" }).click();
  const row = page.getByRole("row", { name: "Notice of a sign-out" });
  await row.getByRole("link", { name: member.address }).waitFor();
  await row.getByText("it answered 500").waitFor();
  await console.inspect(page, "application-deliveries");
  // Its server is mended, and an operator does not wait for the next try; who looks on sees it.
  answers = 204;
  const { items: [notice] } = await console.api("GET", `/applications/${application.id}/deliveries`);
  await console.api("POST", `/outbox/${notice.id}/retry`);
  await row.getByText("Delivered", { exact: true }).waitFor();
  await row.getByRole("button", { name: /^Show Notice of a sign-out/ }).click();
  const dialog = page.getByRole("dialog", { name: /^Notice of a sign-out, number/ });
  await dialog.getByText("The mail server or the application took it.").waitFor();
  await console.inspect(page, "application-delivery");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await row.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: /Send again/ }).hover();
  await page.getByText("This needs FullAccess over the deployment.").filter({ visible: true }).first().waitFor();
  server.close();
  server.closeAllConnections();
}

export async function anApplicationIsDeletedByItsName(console) {
  const page = await open(console, name, "Settings");
  await page.getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: `Delete ${name}` });
  await dialog.getByText("2 secrets stop working.").waitFor();
  const button = dialog.getByRole("button", { name: "Delete" });
  assert.ok(await button.isDisabled(), "its name was not typed");
  await dialog.getByLabel(`Type ${name} to confirm`).fill(name);
  await console.inspect(page, "application-delete");
  await console.confirm(page, dialog, "Delete", `${name} was deleted.`);
  await console.shown(page, "Applications");
  await page.getByRole("link", { name: "Meetings" }).waitFor();
  await page.getByRole("link", { name, exact: true }).waitFor({ state: "detached" });
}

export async function anApplicationBehindAProxyNeedsNoSecret(console) {
  const { id } = console.demo.accounts.team;
  const page = await console.operator();
  await page.goto(`${console.url}/console/accounts/${id}/applications/new`);
  await console.shown(page, "Create application");
  await page.getByLabel("Name", { exact: true }).fill("Tickets");
  await page.getByRole("radio", { name: "A reverse proxy stands before it" }).check();
  await page.getByLabel("Its address").fill("https://tickets.example.org/");
  await page.getByRole("button", { name: "Create application" }).click();
  await console.shown(page, "Tickets was created");
  assert.equal(await page.getByText(/^caa_/).count(), 0, "it has no secret");
  await page.goto(`${console.url}/console/accounts/${id}/applications`);
  await page.getByRole("row", { name: /Tickets Members of its owner/ }).waitFor();
}

export async function whoMayOnlyReadSeesNoApplications(console) {
  const page = await console.reader();
  const { id } = console.demo.accounts.team;
  await console.users(page, "Sample Team");
  const beside = page.getByRole("navigation", { name: "Pages of the console" });
  assert.equal(await beside.getByRole("link", { name: "Applications" }).count(), 0);
  await page.goto(`${console.url}/console/accounts/${id}/applications`);
  await console.shown(page, "Applications");
  await page.getByText("This did not work").waitFor();
  await console.inspect(page, "applications-refused");
}
