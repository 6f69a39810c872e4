// Opens Debian's Chromium with a fresh profile, gives `work` a page, and closes it whatever happens.
import { chromium } from "playwright-core";

// Root may not use Chromium's sandbox; the others keep it from calling anyone but the page's own server.
const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

export async function browse(work, options = {}) {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    chromiumSandbox: process.getuid() !== 0,
    args: quiet,
  });
  try {
    const page = await browser.newPage(options);
    page.setDefaultTimeout(20_000);
    await work(page);
  } finally {
    await browser.close();
  }
}
