import { existsSync, readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "tsup";
import { bundledImports } from "./build/bundled-imports.js";
import { embeddedModels } from "./build/embedded-models.js";
import { thirdParty } from "./build/third-party.js";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));

/** Declarations of our other packages, by their paths: what is found so, and not in node_modules, is written into ours. */
const paths = Object.fromEntries(
  readdirSync("..").flatMap((name) =>
    ["index", "node"]
      .map((entry) => [entry, `../${name}/dist/${entry}.d.ts`] as const)
      .filter(([, file]) => existsSync(file))
      .map(([entry, file]) => [`@anabranch/${name}${entry === "index" ? "" : `/${entry}`}`, [file]]),
  ),
);

/** docs/decisions/packaging.md says why all but the tokenizer is bundled. */
export default defineConfig({
  entry: ["src/index.ts", "src/cli.ts", "src/model-e2e.ts"],
  format: ["esm"],
  dts: { entry: ["src/index.ts", "src/model-e2e.ts"], resolve: true, compilerOptions: { baseUrl: ".", paths } },
  clean: true,
  target: "es2022",
  removeNodeProtocol: false,
  esbuildPlugins: [bundledImports(manifest), embeddedModels("dist"), thirdParty("dist/THIRD-PARTY.txt")],
  // Bundled CommonJS (commander, cli-progress) requires built-in modules.
  banner: {
    js: 'import { createRequire as makeRequire } from "node:module";\nconst require = makeRequire(import.meta.url);',
  },
});
