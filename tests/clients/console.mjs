// Does an administrator's tasks in the console, in Chromium, by the labels that people see: those of `console/PART.mjs`,
// where PART is the argument, in their order.
import { Console } from "./console/console.mjs";

const part = await import(`./console/${process.argv[2]}.mjs`);

await Console.open(async (console) => {
  for (const [name, flow] of Object.entries(part)) {
    try {
      await flow(console);
    } catch (error) {
      error.message = `${name}: ${error.message}`;
      throw error;
    }
  }
});
