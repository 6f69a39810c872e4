// The pages as people meet them, and what must hold on every one of them: no script needed, nothing loaded from
// elsewhere, nothing that the content security policy has to stop, no cookie before one signs in, readable by
// everybody, on a phone too.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { browse, patience } from "../browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const desktop = { width: 1024, height: 768 };
const phone = { width: 360, height: 740 };

export class Site {
  url = process.env.CARILLON_URL;
  demo = JSON.parse(readFileSync("demo.json", "utf8"));
  /// What no page may do; looked at when all is over.
  offences = [];

  static async open(work) {
    await browse(async (first) => {
      const site = new Site();
      site.browser = first.context().browser();
      await work(site);
      assert.deepEqual(site.offences, []);
    });
  }

  /// A tab with nothing remembered. `options` are Playwright's.
  async tab(options = {}) {
    const context = await this.browser.newContext({ viewport: desktop, ...options });
    await context.addInitScript(() => addEventListener("securitypolicyviolation",
      (e) => console.error(`Content Security Policy: ${e.violatedDirective} ${e.blockedURI}`)));
    context.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) this.offences.push(message.text());
    });
    context.on("response", (response) => this.#judge(response));
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    return page;
  }

  #judge(response) {
    const url = response.url();
    const say = (text) => this.offences.push(`${url}: ${text}`);
    if (!url.startsWith(this.url)) say("is not ours");
    if (response.status() >= 500) say(`was answered ${response.status()}`);
    const headers = response.headers();
    for (const cookie of headers["set-cookie"]?.split("\n") ?? []) {
      if (!/^carillon(-[a-z-]+)?=.*; HttpOnly; SameSite=Lax$/.test(cookie)) say(`sets ${cookie}`);
      if (!/\/(signin|signout|reset|me)(\/|\?|$)/.test(url)) say("sets a cookie");
    }
    if (!headers["content-type"]?.startsWith("text/html")) return;
    const policy = headers["content-security-policy"] ?? "none";
    if (!policy.startsWith("default-src 'none'") || policy.includes("unsafe")) say(`has the policy ${policy}`);
    if (headers["referrer-policy"] !== "no-referrer") say("tells other sites its address");
    if (headers["cache-control"] !== "no-store") say("is kept by caches");
  }

  /// Opens an address and looks at the status and the heading.
  async visit(page, url, heading, status = 200) {
    const response = await page.goto(url);
    assert.equal(response.status(), status, url);
    await this.see(page, heading);
  }

  /// The heading, which every page has once.
  async see(page, heading) {
    assert.equal(await page.locator("h1").innerText(), heading);
  }

  /// Presses a button and gives the answer's status.
  async press(page, button) {
    const answer = page.waitForResponse((response) => response.request().method() === "POST");
    await page.getByRole("button", { name: button }).click();
    const response = await answer;
    await page.waitForLoadState();
    return response.status();
  }

  /// The newest link that was mailed to an address, from the local mailbox.
  async link(address) {
    this.mailbox ??= await this.tab();
    await this.mailbox.goto(`${this.url}/mail`);
    const mail = this.mailbox.locator("article", { hasText: address }).first();
    return mail.locator("a[href*='/invitations/'], a[href*='/register/'], a[href*='/reset/'], a[href*='/me/address/']").first().getAttribute("href");
  }

  /// Looks at a page as people with different eyes and devices would. A picture is kept when CARILLON_SCREENSHOTS
  /// names a folder.
  async inspect(page, name) {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await this.#still(page);
      await this.#picture(page, `${name}-${colorScheme}`);
      await page.evaluate(axe);
      // All rules once; in the dark only what colours can break.
      const rules = colorScheme === "dark" ? { runOnly: ["color-contrast"] } : {};
      const found = await page.evaluate((rules) => axe.run({ preload: false, resultTypes: ["violations"], ...rules }), rules);
      const told = found.violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.html).join(" ")}`);
      assert.deepEqual(told, [], `${name} in ${colorScheme}`);
    }
    await page.setViewportSize(phone);
    await this.#picture(page, `${name}-phone`);
    // A page with a script lays itself out anew, a moment later.
    const fits = () => document.documentElement.scrollWidth <= innerWidth;
    await page.waitForFunction(fits).catch(() => {});
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${name} is ${wide} px too wide for a phone`);
    await page.setViewportSize(desktop);
    await page.emulateMedia({ colorScheme: "light" });
  }

  /// Waits until nothing moves or changes its colour: halfway a colour is neither the old nor the new one. What never ends,
  /// such as a spinner, is not waited for.
  async #still(page) {
    await page.evaluate(async () => {
      // In the first frame the page hears of another colour scheme, before the second it takes on the colours.
      const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); });
      const moving = () => document.getAnimations().filter(({ playState, effect }) => (
        playState === "running" && effect?.getComputedTiming().endTime !== Infinity));
      for (let rounds = 100; rounds > 0; rounds--) {
        await frame();
        await frame();
        await Promise.all(moving().map(({ finished }) => finished.catch(() => {})));
        if (moving().length === 0) return;
      }
      throw new Error("something on the page moves again and again");
    });
  }

  async #picture(page, name) {
    const folder = process.env.CARILLON_SCREENSHOTS;
    if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  }
}

/// Switches off the browser's own checks of a form, so that the server's are seen.
export async function unchecked(page) {
  await page.evaluate(() => { document.forms[0].noValidate = true; });
}

export const phrase = "violet harbour ticket seven";
