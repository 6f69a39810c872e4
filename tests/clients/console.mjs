// Does an administrator's tasks in the console, in Chromium, by the labels that people see.
import * as accounts from "./console/accounts.mjs";
import * as roles from "./console/roles.mjs";
import * as users from "./console/users.mjs";
import * as rest from "./console/rest.mjs";
import { Console } from "./console/console.mjs";

await Console.open(async (console) => {
  for (const [name, flow] of [accounts, users, rest, roles].flatMap((part) => Object.entries(part))) {
    try {
      await flow(console);
    } catch (error) {
      error.message = `${name}: ${error.message}`;
      throw error;
    }
  }
});
