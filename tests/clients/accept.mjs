// Opens an invitation's link, gives a name and a password, accepts, and prints what the page says then.
import { browse } from "./browser.mjs";

const [link, name, password] = process.argv.slice(2);

await browse(async (page) => {
  await page.goto(link);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Choose a password").fill(password);
  await page.getByRole("button", { name: "Accept" }).click();
  await page.getByRole("heading", { name: "Welcome" }).waitFor();
  console.log(await page.locator("main").innerText());
});
