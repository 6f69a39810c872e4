import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import types from "typescript-eslint";

export default defineConfig(
  { ignores: ["dist/", "generated/"] },
  js.configs.recommended,
  types.configs.recommended,
  hooks.configs.flat.recommended,
  {
    files: ["src/**"],
    rules: {
      "max-len": ["error", { code: 120 }],
      "max-lines": ["error", 400],
      "no-restricted-syntax": ["error", {
        selector: "JSXAttribute[name.name='style']",
        message: "The content security policy stops styles written into the page.",
      }],
    },
  },
  { files: ["scripts/**"], languageOptions: { globals: { process: "readonly", console: "readonly", Buffer: "readonly" } } },
);
