/**
 * Packs every published package as `pnpm publish` would, and holds the tarball against publint and
 * are-the-types-wrong. The tarball, because publishConfig.exports takes effect only there. Needs a build.
 * Prints one line for each package, and the problems of those that have any.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageFolders, pnpm, readJson, tool } from "./workspace.mjs";

/**
 * An export that is missing from publishConfig works in the workspace and is gone once published: no tool sees that.
 *
 * @param {{ exports?: object, publishConfig?: { exports?: object } }} manifest
 */
function exportsDiffer({ exports = {}, publishConfig = {} }) {
  const here = Object.keys(exports).sort().join(" ");
  const published = Object.keys(publishConfig.exports ?? exports)
    .sort()
    .join(" ");
  return here === published ? [] : [`exports has ${here}, but publishConfig.exports has ${published}`];
}

/** @param {string} folder */
async function problemsOf(folder) {
  const destination = mkdtempSync(join(tmpdir(), "anabranch-pack-"));
  try {
    const pack = await pnpm(["pack", "--pack-destination", destination], { quiet: true, cwd: folder });
    if (pack.code !== 0) return [pack.output];
    const tarball = join(destination, /** @type {string} */ (readdirSync(destination)[0]));
    const tools = await Promise.all([
      tool("publint", ["run", tarball, "--strict"], { quiet: true }),
      tool("attw", [tarball, "--profile", "esm-only", "--no-emoji"], { quiet: true }),
    ]);
    return tools.filter(({ code }) => code !== 0).map(({ output }) => output.trim());
  } finally {
    rmSync(destination, { recursive: true, force: true });
  }
}

let failed = 0;
for (const folder of packageFolders()) {
  const manifest = readJson(join(folder, "package.json"));
  if (manifest.private === true) continue;
  const problems = [...exportsDiffer(manifest), ...(await problemsOf(folder))];
  if (problems.length > 0) failed += 1;
  console.log([`${problems.length === 0 ? "ok" : "FAILED"} ${manifest.name}`, ...problems].join("\n"));
}
process.exitCode = failed === 0 ? 0 : 1;
