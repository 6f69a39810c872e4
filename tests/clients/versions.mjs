// Prints the browser's version after it has shown a page, as a sign that it works on this machine.
import { browse } from "./browser.mjs";

await browse(async (page) => {
  await page.setContent("<h1>It works</h1>");
  if ((await page.textContent("h1")) !== "It works") throw new Error("Chromium showed another page");
  console.log("Chromium", page.context().browser().version());
});
