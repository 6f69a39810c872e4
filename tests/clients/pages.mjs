// Goes through the pages in Chromium. pages.rs has sent the invitations.
import * as joining from "./pages/joining.mjs";
import * as me from "./pages/me.mjs";
import * as registering from "./pages/registering.mjs";
import { Site } from "./pages/site.mjs";

await Site.open(async (site) => {
  for (const [name, flow] of [...Object.entries(joining), ...Object.entries(registering), ...Object.entries(me)]) {
    try {
      await flow(site);
    } catch (error) {
      error.message = `${name}: ${error.message}`;
      throw error;
    }
  }
});
