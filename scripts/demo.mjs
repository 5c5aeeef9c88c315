/** `npm run demo`: from a bare clone to the demo. Arguments are passed on: `npm run demo -- --help`. */
import { join } from "node:path";
import { ensureInstalled, fail, pnpm, root, run } from "./workspace.mjs";

await ensureInstalled();
const build = await pnpm(["exec", "turbo", "run", "build", "--filter=anabranch..."], { quiet: true });
if (build.code !== 0) fail(`${build.output}\nThe build failed.`);

const cli = join(root, "packages", "anabranch", "dist", "cli.js");
const { code } = await run(process.execPath, [cli, "demo", ...process.argv.slice(2)]);
process.exitCode = code;
