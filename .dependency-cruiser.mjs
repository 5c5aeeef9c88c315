/** The package map of the design, as rules. `pnpm check:imports` holds every import against it. */
import { existsSync, readdirSync } from "node:fs";

/**
 * Package folder -> what its sources may import of the workspace. An arrow only points down.
 * @type {Record<string, readonly string[]>}
 */
const map = {
  core: [],
  checkpoints: ["core"],
  tokenizers: ["core"],
  conformance: ["core"],
  "graph-backend": ["core", "checkpoints"],
  "backend-onnx": ["core", "graph-backend"],
  "backend-wasm": ["core", "graph-backend"],
  "bench-kit": ["core", "checkpoints", "evaluation", "tokenizers"], // of benchmarks alone; not published
  training: ["core", "checkpoints"],
  evaluation: ["core", "checkpoints"],
  // Files, and where they lie.
  "adapter-smollm2-135m-instruct": [],
  "adapter-smollm2-135m-sql": [],
  "adapter-smollm2-135m-e2e": [],
  "model-e2e": [], // files, and where they lie
  anabranch: [
    ...["model-e2e", "training", "evaluation", "tokenizers"],
    ...["backend-wasm", "backend-onnx", "checkpoints", "core"],
  ],
};

const folders = readdirSync(new URL("packages/", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`packages/${entry.name}/package.json`, import.meta.url)))
  .map((entry) => entry.name);
const unmapped = folders.filter((name) => !(name in map));
if (unmapped.length > 0) {
  throw new Error(`Not on the package map: ${unmapped.join(", ")}. Add what it may import to .dependency-cruiser.mjs.`);
}

/** Tests, checks, soaks and benchmarks: they may look sideways (training's tests need a real backend), but never up. */
const checks = "(\\.test\\.ts$|^packages/[^/]+/(test|bench|soak|checks)/|\\.config\\.ts$)";
/** @param {readonly string[]} names */
const anyOf = (names) => `^packages/(${names.join("|")})/`;

/**
 * Who depends on a package, directly or not. A test that imported one of those would close a cycle of packages.
 * @param {string} name
 * @returns {string[]}
 */
function dependents(name) {
  const direct = Object.keys(map).filter((other) => map[other]?.includes(name));
  return [...new Set([...direct, ...direct.flatMap(dependents)])];
}

const downTheMap = Object.entries(map).map(([name, below]) => ({
  name: `${name}-imports-only-down`,
  comment: `${name} may import ${below.length === 0 ? "no other package" : below.join(", ")}.`,
  severity: "error",
  from: { path: `^packages/${name}/`, pathNot: checks },
  to: { path: "^(packages|apps)/", pathNot: anyOf([name, ...below]) },
}));

const checksNeverUp = Object.keys(map)
  .filter((name) => dependents(name).length > 0)
  .map((name) => ({
    name: `checks-of-${name}-never-import-up`,
    comment: `A test of ${name} that imports a package above it would close a cycle.`,
    severity: "error",
    from: { path: `^packages/${name}/.*${checks}|^packages/${name}/(test|bench|soak|checks)/` },
    to: { path: anyOf(dependents(name)) },
  }));

export default {
  forbidden: [
    ...downTheMap,
    ...checksNeverUp,
    {
      name: "nothing-imports-an-app",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^apps/" },
    },
    {
      name: "backends-stand-alone",
      severity: "error",
      from: { path: "^packages/backend-([^/]+)/" },
      to: { path: "^packages/backend-", pathNot: "^packages/backend-$1/" },
    },
    {
      name: "core-has-no-platform",
      comment: "core runs wherever JavaScript runs: no Node built-in, no dependency.",
      severity: "error",
      from: { path: "^packages/core/", pathNot: checks },
      to: { dependencyTypes: ["core", "npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "packages-import-each-other-by-name",
      comment: 'Write "@anabranch/core", not "../../core/src": a relative path does not survive publishing.',
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "^packages/", pathNot: "^packages/$1/", dependencyTypes: ["local"] },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "everything-resolves",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "sources-use-no-dev-dependency",
      comment: "anabranch bundles what it uses; its build fails when something is left out.",
      severity: "error",
      from: { path: "^(packages|apps)/[^/]+/src/", pathNot: [checks, "^packages/anabranch/"] },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only", "npm"], pathNot: "node_modules/@types/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|coverage|\\.turbo)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["anabranch-source", "import", "node", "types", "default"],
    },
  },
};
