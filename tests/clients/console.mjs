// Does an administrator's tasks in the console, in Chromium, by the labels that people see: those of `console/PART.mjs`,
// where PART is the argument, in their order.
import { readFileSync } from "node:fs";
import { Console } from "./console/console.mjs";

const file = new URL(`./console/${process.argv[2]}.mjs`, import.meta.url);
// What a module exports is sorted by name; the text has the order in which it was written.
const text = readFileSync(file, "utf8");
const place = ([name]) => text.indexOf(`export async function ${name}(`);
const flows = Object.entries(await import(file)).sort((one, other) => place(one) - place(other));

await Console.open(async (console) => {
  for (const [name, flow] of flows) {
    try {
      await flow(console);
    } catch (error) {
      await console.picture(`failed-${name}`);
      error.message = `${name}: ${error.message}`;
      throw error;
    }
  }
});
