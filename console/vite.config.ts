import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Where what is built lies. */
const site = "dist/site";

/** Puts a compressed copy beside every script and style sheet: the server sends it as it is. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    closeBundle() {
      for (const name of readdirSync(`${site}/assets`).filter((name) => /\.(js|css|svg|txt)$/.test(name))) {
        const file = `${site}/assets/${name}`;
        writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION }));
      }
    },
  };
}

/**
 * Cloudscape's layout brings lists that people sort by dragging, which no page has, and with them 17,000 bytes of the
 * first load. They are loaded when one is first shown.
 */
function later(): Plugin {
  const [whole, list] = ["?whole", /@cloudscape-design\/components\/internal\/components\/sortable-area\/index\.js$/];
  return {
    name: "later",
    load: (id) => list.test(id) ? `
      import { createElement, lazy, Suspense } from "react";
      const List = lazy(() => import("${id}${whole}"));
      export default (props) => createElement(Suspense, null, createElement(List, props));
    ` : null,
  };
}

/** Writes down the licenses and notices of all that is shipped, as they ask for. */
function notices(): Plugin {
  return {
    name: "notices",
    apply: "build",
    generateBundle() {
      const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
        packages: Record<string, { dev?: boolean }>;
      };
      const shipped = Object.keys(packages).filter((path) => path && !packages[path]?.dev && existsSync(path));
      const texts = shipped.flatMap((path) => readdirSync(path)
        .filter((name) => /^(licen[cs]e|notice|third-party)/i.test(name) && statSync(`${path}/${name}`).isFile())
        .map((name) => [`${path.replace("node_modules/", "")}: ${name}`, readFileSync(`${path}/${name}`, "utf8")]));
      const source = texts.flat().join("\n\n");
      this.emitFile({ type: "asset", fileName: "assets/licenses.txt", source });
    },
  };
}

export default defineConfig({
  base: "/console/",
  plugins: [react(), later(), notices(), compressed()],
  build: {
    outDir: site,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: {
      polyfill: false,
      // Lists of what later pages are made of would be in the first load; those pages find it by themselves.
      resolveDependencies: (file, needed, { hostType }) =>
        (hostType === "html" || /(Accounts|Users)-/.test(file) ? needed : []),
    },
    target: "es2022",
    chunkSizeWarningLimit: 700,
  },
  // Carillon may be mounted under a path: only the page names it, and the server writes it there.
  experimental: { renderBuiltUrl: (_, { hostType }) => (hostType === "html" ? undefined : { relative: true }) },
});
