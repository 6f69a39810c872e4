// The console as administrators meet it. What must hold on every page of Carillon holds here too: `pages/site.mjs`.
import assert from "node:assert/strict";
import { phrase, Site } from "../pages/site.mjs";

export class Console extends Site {
  static async open(work) {
    await super.open(async (site) => work(Object.setPrototypeOf(site, Console.prototype)));
  }

  /// A tab in which a person of the sample data signed in, after being sent away from `path`, where they then are.
  /// `loaded` is told what of the console was loaded, in bytes as they were sent.
  async as({ address, password }, path, loaded = new Map()) {
    const page = await this.tab();
    page.on("response", (response) => {
      const size = Number(response.headers()["content-length"] ?? 0);
      if (response.url().includes("/console")) loaded.set(response.url(), size);
    });
    await page.goto(`${this.url}${path}`);
    assert.equal(new URL(page.url()).pathname, "/signin", "who is not signed in signs in first");
    await page.getByLabel("E-mail address").fill(address);
    const next = page.getByRole("button", { name: "Continue" });
    if (await next.count()) await this.press(page, "Continue");
    await page.getByLabel(/^(Your )?password$/i).fill(password);
    await this.press(page, "Sign in");
    await page.waitForURL(`${this.url}${path}`);
    return page;
  }

  /// The operator's tab.
  async operator() {
    this.operators ??= await this.as(this.demo.operator, "/console/accounts");
    return this.operators;
  }

  /// What the operator's tab shows, for who looks into a failure; kept when CARILLON_SCREENSHOTS names a folder.
  async picture(name) {
    const folder = process.env.CARILLON_SCREENSHOTS;
    // Why a flow failed is not covered by a picture that cannot be taken.
    if (folder) await this.operators?.screenshot({ path: `${folder}/${name}.png` }).catch(() => {});
  }

  /// Asks the admin API as the operator, for what a flow begins with. It answers with `status`; without one, with any that
  /// says it was done.
  async api(method, path, body, status) {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${process.env.CARILLON_API_TOKEN}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(status ? answer.status === status : answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  /// Somebody registers with an address; who was invited accepts instead.
  async register(address, invited = false) {
    const page = await this.tab();
    if (!invited) {
      await page.goto(`${this.url}/register`);
      await page.getByLabel("E-mail address").fill(address);
      await this.press(page, "Send the link");
    }
    await page.goto(await this.link(address));
    await page.getByLabel("Your name").fill(address.split("@")[0]);
    await page.getByLabel("Choose a password").fill(phrase);
    await this.press(page, invited ? "Accept" : "Register");
    await page.getByRole("heading", { name: "Welcome" }).waitFor();
    await page.context().close();
    return { address, password: phrase };
  }

  /// The tab of somebody who may only read: an account, or with `null` the deployment.
  async reader(account = this.demo.accounts.team.id) {
    const reader = this.demo.users.find(({ address }) => address === "edsger@example.com");
    await this.api("POST", "/grants", { user: reader.address, role: "ReadOnly", ...(account && { account }) }, 201);
    return this.as(reader, "/console/accounts");
  }

  /// The page with this heading is shown, and nothing is still being asked for.
  async shown(page, heading) {
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await page.getByText("Loading", { exact: true }).first().waitFor({ state: "detached" });
  }

  /// From the list of accounts to an account's users, by clicks.
  async users(page, account) {
    await page.goto(`${this.url}/console`);
    await this.shown(page, "Accounts");
    await page.getByRole("link", { name: account, exact: true }).click();
    await this.shown(page, "Users");
  }

  /// A page of an account, or without one of the deployment, by the navigation; then its tab, if one is named.
  async beside(page, account, name, tab) {
    if (account) await this.users(page, account);
    else {
      await page.goto(`${this.url}/console`);
      await this.shown(page, "Accounts");
    }
    const beside = page.getByRole("navigation", { name: "Pages of the console" });
    await beside.getByRole("link", { name, exact: true }).first().click();
    await this.shown(page, name);
    if (tab) await page.getByRole("tab", { name: tab }).click();
  }

  /// Ticks people, opens the menu and chooses an action, whose dialog is then shown.
  async choose(page, addresses, action) {
    for (const address of addresses) await page.getByRole("checkbox", { name: `Select ${address}` }).check();
    await page.getByRole("button", { name: "User actions" }).click();
    await page.getByRole("menuitem", { name: action }).click();
    return page.getByRole("dialog", { name: action });
  }

  /// Confirms a dialog, waits for the notice, and closes that.
  async confirm(page, dialog, button, notice) {
    await dialog.getByRole("button", { name: button, exact: true }).click();
    await page.getByText(notice).first().waitFor();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Close" }).first().click();
  }

  /// A user's row.
  row(page, address) {
    return page.getByRole("row", { name: address });
  }
}
