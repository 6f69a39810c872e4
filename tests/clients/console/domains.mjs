// Domains from the claim to the release, by a real DNS server whose records change meanwhile.
import assert from "node:assert/strict";
import { Dns } from "../dns.mjs";
import { domain, domains, open, toDomain } from "./domain.mjs";

const [ada, bob] = [`ada@${domain}`, `bob@${domain}`];
const dns = new Dns();
/// The TXT value that the page showed.
let record;

/// Claims a domain in the console, and gives the value of its record.
async function claim(console, page, name) {
  await page.getByRole("button", { name: "Claim domain" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Claim domain" });
  await dialog.getByLabel("Domain", { exact: true }).fill(name);
  await dialog.getByRole("button", { name: "Claim domain" }).click();
  await console.shown(page, name);
  return page.getByText(/^carillon-domain-verification=/).first().innerText();
}

export async function whoHasNoDomainIsToldWhatOneDoes(console) {
  await dns.publish({});
  await console.api("POST", "/accounts", { name: "Works" });
  const page = await domains(console, "Works");
  await page.getByText("who registers with one joins by themselves").waitFor();
  await console.inspect(page, "domains-empty");
}

export async function aDomainIsClaimedAndItsRecordCopied(console) {
  const page = await domains(console, "Works");
  await page.getByRole("button", { name: "Claim domain" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Claim domain" });
  await dialog.getByLabel("Domain", { exact: true }).fill("gmail.com");
  await dialog.getByRole("button", { name: "Claim domain" }).click();
  await dialog.getByText("This did not work").waitFor();
  await console.inspect(page, "domains-claim-refused");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  record = await claim(console, page, domain);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy value" }).click();
  await page.getByText("Copied").first().waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), record);
  await page.getByText("DNS knows no such domain").first().waitFor();
  await console.inspect(page, "domain-pending");
}

export async function whatIsNotProvedIsNotVerified(console) {
  const page = await console.operator();
  const dialog = await open(page, "Verify domain");
  await dialog.getByText("The record must be seen at this moment").waitFor();
  assert.ok(await dialog.getByRole("button", { name: "Verify", exact: true }).isDisabled());
  await console.inspect(page, "domain-unproved");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
}

export async function thePageSeesARecordByItself(console) {
  const page = await console.operator();
  await dns.publish({ [domain]: "v=spf1 -all" });
  await page.getByText("There are TXT records, but not this one").first().waitFor();
  await dns.publish({ [domain]: record });
  await page.getByText("The record is there").first().waitFor();
  await page.getByText("Verify the domain now.").first().waitFor();
  await console.inspect(page, "domain-found");
  await dns.publish({});
  await page.getByRole("button", { name: "Check now" }).click();
  await page.getByText("DNS knows no such domain").first().waitFor();
}

export async function verifyingSaysWhoComesIn(console) {
  const { id } = console.demo.accounts.team;
  await console.register(ada);
  await console.api("POST", `/accounts/${id}/invitations`, { addresses: bob });
  await console.register(bob, true);
  await dns.publish({ [domain]: record });
  const page = await console.operator();
  const dialog = await open(page, "Verify domain");
  await dialog.getByText(/1 person with an address on the domain will join this account, .* Plus/).waitFor();
  await dialog.getByText("1 member of another account stays there").waitFor();
  await dialog.getByText("The account becomes Enterprise.").waitFor();
  await console.inspect(page, "domain-verify");
  await console.confirm(page, dialog, "Verify", `${domain} is verified.`);
  await page.getByText("Leave it where it is.").first().waitFor();
  const conflicts = page.getByRole("grid", { name: "Conflicts" });
  await conflicts.getByRole("link", { name: bob }).waitFor();
  await console.inspect(page, "domain-verified");
}

export async function somebodyElsesDomainIsRefused(console) {
  await console.api("POST", "/accounts", { name: "Rival" });
  const page = await domains(console, "Rival");
  await dns.publish({ [domain]: await claim(console, page, domain) });
  const verify = await open(page, "Verify domain");
  await verify.getByText("Another account has verified this domain").waitFor();
  await console.inspect(page, "domain-claimed");
  await page.keyboard.press("Escape");
  const takeOver = await open(page, "Take over domain");
  await takeOver.getByText("This did not work").waitFor();
  await takeOver.getByText("For that owner it is a release.").waitFor();
  assert.ok(await takeOver.getByRole("button", { name: "Take over", exact: true }).isDisabled());
  await console.inspect(page, "domain-not-lapsed");
  await page.keyboard.press("Escape");
  const withdraw = await open(page, "Withdraw claim");
  await withdraw.getByText("an unverified claim has no effect").waitFor();
  await console.inspect(page, "domain-withdraw");
  await console.confirm(page, withdraw, "Withdraw", `The claim to ${domain} was withdrawn.`);
  await page.getByText("No domains yet").waitFor();
}

export async function releasingSaysWhatBecomesOfPeople(console) {
  const page = await toDomain(console, "Works");
  const release = await open(page, "Release domain");
  await release.getByText("1 person will be signed out everywhere.").waitFor();
  await release.getByText(`${ada}: free user`).waitFor();
  await release.getByText("The account becomes a Team").waitFor();
  await console.inspect(page, "domain-release");
  await console.confirm(page, release, "Release", `${domain} was released.`);
  await console.shown(page, "Domains");
  await page.getByText("No domains yet").waitFor();
  await dns.end();
}

export async function whatTheHostVouchedForNeedsNoRecord(console) {
  const { enterprise } = console.demo.accounts;
  const page = await domains(console, enterprise.name);
  await console.inspect(page, "domains");
  await page.getByRole("link", { name: enterprise.domain }).click();
  await console.shown(page, enterprise.domain);
  await page.getByText("No record is looked for").waitFor();
  await page.getByText("No conflicts").waitFor();
  await console.inspect(page, "domain-vouched");
  await page.goto(`${page.url()}.test`);
  await console.shown(page, `This account has no claim to ${enterprise.domain}.test`);
}

export async function whoMayOnlyReadChangesNoDomain(console) {
  const { enterprise } = console.demo.accounts;
  const reader = console.demo.users.find(({ address }) => address === "dennis@corp.example");
  await console.api("POST", "/grants", { user: reader.address, role: "ReadOnly", account: enterprise.id });
  const page = await console.as(reader, `/console/accounts/${enterprise.id}/domains`);
  await console.shown(page, "Domains");
  const claim = page.getByRole("button", { name: "Claim domain" });
  assert.equal(await claim.getAttribute("aria-disabled"), "true");
  await claim.hover();
  await page.getByText("This needs FullAccess over this account; your role there is ReadOnly.")
    .filter({ visible: true }).first().waitFor();
  await page.getByRole("link", { name: enterprise.domain }).click();
  await console.shown(page, enterprise.domain);
  const release = page.getByRole("button", { name: "Release domain" });
  assert.equal(await release.getAttribute("aria-disabled"), "true");
}
