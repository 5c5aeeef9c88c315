/**
 * `npm test`: everything that must hold, from a bare clone on. Stages run in order, one failure does not hide the
 * next, and the last line adds them all up: "N passed, M failed", with ", K skipped" where there are any.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countLines, countVitest, total } from "./tally.mjs";
import { ensureInstalled, pnpm, run, tool } from "./workspace.mjs";

/** @typedef {import("./tally.mjs").Tally} Tally */
/** @typedef {() => ReturnType<typeof run>} Command */

const quiet = { quiet: true };

/**
 * A stage that counts as one test, or as one for each "ok NAME" and "FAILED NAME" line that it prints.
 * Its output is shown only when it fails.
 *
 * @param {string} name
 * @param {Command} command
 * @returns {Promise<Tally>}
 */
async function check(name, command) {
  const started = performance.now();
  const { code, output } = await command();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const tally = countLines(output, code);
  console.log(`${tally.failed === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (tally.failed > 0) console.log(`${output.trimEnd()}\n`);
  return tally;
}

/**
 * A stage that needs the build is skipped without it.
 *
 * @param {string} name
 * @param {Command} command
 * @returns {Promise<Tally>}
 */
async function checkBuilt(name, command) {
  if (build.failed === 0) return check(name, command);
  console.log(`skip   ${name}: the build failed`);
  return { passed: 0, failed: 0, skipped: 1 };
}

/**
 * Through pnpm, because turbo runs the packages' scripts with the pnpm that it finds on the path.
 *
 * @param {readonly string[]} tasks
 * @returns {Command}
 */
const turbo = (tasks) => () => pnpm(["exec", "turbo", "run", ...tasks, "--output-logs=errors-only"], quiet);

/** All packages' tests in one vitest process, whose own report goes to the terminal. */
async function unitTests() {
  const folder = mkdtempSync(join(tmpdir(), "anabranch-test-"));
  const report = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    // What passes cost is measured while tests beside it keep the machine busy: whoever works here afterwards must not believe it.
    const env = { ...process.env, ANABRANCH_CACHE: join(folder, "cache") };
    const { code } = await tool("vitest", ["run", ...reporters], { env });
    return countVitest(report, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await ensureInstalled();

const build = await check("build", turbo(["build"]));
const { passed, failed, skipped } = total([
  build,
  await check("types", turbo(["typecheck", "typecheck:workspace"])),
  await check("lint", () => tool("biome", ["check", "--error-on-warnings", "."], quiet)),
  await check("imports", () => tool("depcruise", ["--config", ".dependency-cruiser.mjs", "packages", "apps"], quiet)),
  await check("dead code", () => tool("knip", ["--no-config-hints"], quiet)),
  await checkBuilt("packages as published", () => run(process.execPath, ["scripts/check-packages.mjs"], quiet)),
  await checkBuilt("bundle size", () => tool("size-limit", [], quiet)),
  await unitTests(),
]);

process.exitCode = failed === 0 ? 0 : 1;
console.log(`\n${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);
