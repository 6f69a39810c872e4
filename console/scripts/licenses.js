// Holds every package to the licenses that ../deny.toml allows for what is shipped. What only builds may have a few
// others besides: none of it ends up in the binary.
import { readFileSync } from "node:fs";

const rules = readFileSync("../deny.toml", "utf8").match(/^allow = \[(.*)\]$/m);
if (!rules) throw new Error("deny.toml has no line `allow = [...]`");
const shipped = [...rules[1].matchAll(/"([^"]+)"/g)].map(([, license]) => license);
const builds = [...shipped, "BSD-2-Clause", "BlueOak-1.0.0", "CC-BY-4.0", "Python-2.0", "(MIT OR CC0-1.0)"];
const registry = "https://registry.npmjs.org/";

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
const wrong = Object.entries(packages).flatMap(([path, { dev, license, resolved, integrity }]) => path === "" ? [] : [
  ...((dev ? builds : shipped).includes(license) ? [] : [`${path}: ${license ?? "no license"} is not allowed`]),
  ...(integrity ? [] : [`${path}: is not pinned`]),
  // Without an address it comes from the registry.
  ...((resolved ?? registry).startsWith(registry) ? [] : [`${path}: comes from ${resolved}`]),
]);
for (const one of wrong) console.error(`licenses: ${one}`);
process.exit(wrong.length ? 1 : 0);
