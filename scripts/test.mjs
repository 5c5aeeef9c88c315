/**
 * `npm test`: everything that must hold, from a bare clone on. Stages run in order, one failure does not hide the
 * next, and the last line adds them all up: "N passed, M failed", with ", K skipped" where there are any.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countLines, countVitest, total } from "./tally.mjs";
import { ensureInstalled, pnpm } from "./workspace.mjs";

/** @typedef {import("./tally.mjs").Tally} Tally */

/**
 * A stage that counts as one test, or as one for each "ok NAME" and "FAILED NAME" line that it prints.
 * Its output is shown only when it fails.
 *
 * @param {string} name
 * @param {readonly string[]} command
 * @returns {Promise<Tally>}
 */
async function check(name, command) {
  const started = performance.now();
  const { code, output } = await pnpm(["exec", ...command], { quiet: true });
  const tally = countLines(output, code);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (code !== 0) console.log(`${output.trimEnd()}\n`);
  return tally;
}

/**
 * What needs the build is not run without it.
 *
 * @param {string} name
 * @returns {Tally}
 */
function skip(name) {
  console.log(`skip   ${name}: the build failed`);
  return { passed: 0, failed: 0, skipped: 1 };
}

/** All packages' tests in one vitest process, whose own report goes to the terminal. */
async function unitTests() {
  const folder = mkdtempSync(join(tmpdir(), "anabranch-test-"));
  const report = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const { code } = await pnpm(["exec", "vitest", "run", ...reporters]);
    return countVitest(report, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await ensureInstalled();

const build = await check("build", ["turbo", "run", "build", "--output-logs=errors-only"]);
const built = build.failed === 0;
const { passed, failed, skipped } = total([
  build,
  await check("typecheck", ["turbo", "run", "typecheck", "typecheck:workspace", "--output-logs=errors-only"]),
  await check("lint", ["biome", "check", "--error-on-warnings", "."]),
  await check("imports go down the package map", [
    "depcruise",
    "--config",
    ".dependency-cruiser.mjs",
    "packages",
    "apps",
  ]),
  await check("no dead code", ["knip", "--no-config-hints"]),
  built ? await check("packages as published", ["node", "scripts/check-packages.mjs"]) : skip("packages as published"),
  built ? await check("bundle size", ["size-limit"]) : skip("bundle size"),
  await unitTests(),
]);

process.exitCode = failed === 0 ? 0 : 1;
console.log(`\n${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);
