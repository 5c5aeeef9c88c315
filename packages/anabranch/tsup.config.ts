import { existsSync, readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "tsup";
import { browserPrograms } from "./build/browser-programs.js";
import { bundledImports } from "./build/bundled-imports.js";
import { embeddedModels } from "./build/embedded-models.js";
import { ownEntries } from "./build/own-entries.js";
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

/** Pages are made of sources: of a built neighbour, a bundler leaves out less. */
const sources = ["anabranch-source"];
const programs = await browserPrograms(sources);

/** docs/decisions/packaging.md says why all but the tokenizer is bundled. */
export default defineConfig([
  {
    entry: ["src/index.ts", "src/cli.ts", "src/model-e2e.ts"],
    format: ["esm"],
    dts: { entry: ["src/index.ts", "src/model-e2e.ts"], resolve: true, compilerOptions: { baseUrl: ".", paths } },
    clean: ["!browser"],
    target: "es2022",
    removeNodeProtocol: false,
    esbuildPlugins: [bundledImports(manifest), embeddedModels("dist"), thirdParty("dist/THIRD-PARTY.txt")],
    // Bundled CommonJS (commander, cli-progress) requires built-in modules.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module";\nconst require = makeRequire(import.meta.url);',
    },
  },
  {
    // What a page seldom needs has files of its own: docs/decisions/browser-worker.md.
    entry: {
      index: "src/browser/index.ts",
      "chat-templates": "src/browser/remote/chat-templates.ts",
      "load-here": "src/browser/engine/load-here.ts",
      "forget-kept": "src/browser/storage/forget-kept.ts",
    },
    outDir: "dist/browser",
    format: ["esm"],
    dts: { entry: { index: "src/browser/index.ts" }, resolve: true, compilerOptions: { baseUrl: ".", paths } },
    tsconfig: "src/browser/tsconfig.json",
    clean: true,
    target: "es2022",
    platform: "browser",
    splitting: false,
    define: programs.define,
    // Tools that tell modules by regular expressions take what follows "//" in a worker's text for a comment, exports too.
    banner: { js: "export {};" },
    esbuildPlugins: [
      bundledImports(manifest),
      ownEntries(),
      thirdParty("dist/browser/THIRD-PARTY.txt", programs.modules),
    ],
    esbuildOptions(options) {
      options.conditions = [...(options.conditions ?? []), ...sources];
      // With the names of errors, which they say.
      Object.assign(options, { minify: true, keepNames: true });
    },
  },
]);
