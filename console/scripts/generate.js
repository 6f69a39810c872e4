// Writes what is made from something else into generated/, which no repository keeps, so it cannot be stale:
// the admin API's types from docs/openapi.json, our theme, and the font as a file. Cloudscape's style sheet carries its
// fonts as data: addresses, which our content security policy would stop.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "vite";

mkdirSync("generated/fonts", { recursive: true });

const generator = "node_modules/openapi-typescript/bin/cli.js";
const output = ["../docs/openapi.json", "--output", "generated/schema.ts"];
execFileSync(process.execPath, [generator, ...output], { stdio: "pipe" });

const theirs = readFileSync("node_modules/@cloudscape-design/global-styles/index.css", "utf8");
let fonts = 0;
// Slanted letters, of which there are few, are made from the upright ones: that saves every browser their fonts.
const upright = theirs.replace(/@font-face \{[^}]*font-style: italic;[^}]*\}/g, "");
const styles = upright.replace(/data:font\/woff2[^,]*,([A-Za-z0-9+/=]+)/g, (_, text) => {
  const name = `fonts/open-sans-${fonts++}.woff2`;
  writeFileSync(`generated/${name}`, Buffer.from(text, "base64"));
  return `./${name}`;
});
if (fonts === 0 || styles.includes("data:")) throw new Error("Cloudscape carries its fonts differently now");
writeFileSync("generated/global.css", styles);

// Cloudscape's own words, for the parts that the console is made of: the others are as much again.
const { default: messages } = await import("@cloudscape-design/components/i18n/messages/all.en");
const sources = readdirSync("src", { recursive: true }).filter((name) => name.endsWith(".tsx"));
const used = sources.map((name) => readFileSync(`src/${name}`, "utf8")).join("\n").matchAll(/<([A-Z][A-Za-z]+)/g);
const parts = [...used].map(([, name]) => name.replace(/\B[A-Z]/g, "-$&").toLowerCase());
const kept = new Set([...parts, "input", "modal", "i18n", "drawer", "error-boundary", "features-notification-drawer"]);
if (parts.some((part) => part.endsWith("-chart"))) kept.add("[charts]");
// What only pages need that are loaded later is loaded with them: shell/Later.tsx.
const late = new Set(["date-range-picker", "multiselect", "[charts]"]);
const later = JSON.parse(JSON.stringify(messages));
for (const [all, wanted] of [[messages, (part) => kept.has(part) && !late.has(part)],
  [later, (part) => kept.has(part) && late.has(part)]]) {
  for (const words of Object.values(all).flatMap(Object.values)) {
    for (const part of Object.keys(words)) if (!wanted(part)) delete words[part];
  }
}
writeFileSync("generated/messages.json", JSON.stringify(messages));
writeFileSync("generated/later.json", JSON.stringify(later));

// Cloudscape's theming is no module that Node.js loads by itself, so it is bundled first.
await build({
  configFile: false,
  logLevel: "error",
  build: { ssr: "scripts/theme.js", outDir: "generated/theme", emptyOutDir: true },
  ssr: { noExternal: true },
});
const { sheet } = await import("../generated/theme/theme.js");
writeFileSync("generated/theme.css", sheet);
