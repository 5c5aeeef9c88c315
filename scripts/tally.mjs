/** Adding up test runs of several kinds. */
import { existsSync, readFileSync } from "node:fs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/**
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
export function total(tallies) {
  return tallies.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/**
 * A command's tests are its "ok NAME" and "FAILED NAME" lines; without any, the command is one test. A command that
 * ends with an error never counts as passed, whatever it printed.
 *
 * @param {string} output
 * @param {number} code exit status
 * @returns {Tally}
 */
export function countLines(output, code) {
  const passed = output.match(/^ok \S/gm)?.length ?? 0;
  const failed = output.match(/^FAILED \S/gm)?.length ?? 0;
  if (passed + failed === 0)
    return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed, skipped: 0 };
}

/**
 * Reads vitest's JSON report. A file that could not be loaded holds no test, and an error outside of any test fails
 * none: each of these counts as one failed test.
 *
 * @param {string} report path
 * @param {number} code exit status
 * @returns {Tally}
 */
export function countVitest(report, code) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(report, "utf8"),
  );
  /** @type {{ status: string, assertionResults: { status: string }[] }[]} */
  const files = testResults;
  const brokenFiles = files.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failed = numFailedTests + brokenFiles;
  return {
    passed: numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: numPendingTests + numTodoTests,
  };
}
