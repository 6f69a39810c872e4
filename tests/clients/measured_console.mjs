// The console's list of users in Chromium, for the benchmark: from asking for its page until its first row can be ticked,
// with everything in the browser's cache. For each line of input it loads each list ten times, in turn, and prints the
// median of each in milliseconds as a JSON array; it ends with its input.
// Usage: node measured_console.mjs URL COOKIE ACCOUNT...
import { createInterface } from "node:readline";
import { browse } from "./browser.mjs";

const [url, cookie, ...accounts] = process.argv.slice(2);
const median = (times) => times.sort((one, other) => one - other)[Math.floor(times.length / 2)];

await browse(async (page) => {
  await page.context().addCookies([{ name: "carillon", value: cookie, url }]);
  const load = async (account) => {
    const began = performance.now();
    await page.goto(`${url}/console/accounts/${account}/users`);
    await page.getByRole("checkbox", { name: /^Select .*@/ }).first().click({ trial: true });
    return performance.now() - began;
  };
  for (const account of accounts) await load(account);
  for await (const _ of createInterface(process.stdin)) {
    const times = accounts.map(() => []);
    for (let round = 0; round < 10; round++) {
      for (const [at, account] of accounts.entries()) times[at].push(await load(account));
    }
    console.log(JSON.stringify(times.map(median)));
  }
});
