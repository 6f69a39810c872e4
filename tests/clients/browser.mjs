// Opens Debian's Chromium with a fresh profile, gives `work` a page, and closes it whatever happens.
import { chromium } from "playwright-core";

// Root may not use Chromium's sandbox; the others keep it from calling anyone but the page's own server.
const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

/// How long a step may take, in milliseconds: far more than any does.
export const patience = 60_000;

export async function browse(work, options = {}) {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    chromiumSandbox: process.getuid() !== 0,
    args: quiet,
  });
  try {
    const page = await browser.newPage(options);
    page.setDefaultTimeout(patience);
    await work(page);
  } finally {
    await browser.close();
  }
}

/// A device that keeps passkeys, in this tab.
export async function device(page, verified = true) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
    isUserVerified: verified, automaticPresenceSimulation: true };
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options });
  return { cdp, authenticatorId };
}
