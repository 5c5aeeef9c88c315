/** `pnpm check:lossless [--limit 200]`: see packages/anabranch/checks/lossless.ts. */
import { join } from "node:path";
import { ensureInstalled, root, run } from "./workspace.mjs";

await ensureInstalled();
const file = join(root, "packages", "anabranch", "checks", "lossless.ts");
const args = process.argv.slice(2).filter((argument, index) => !(index === 0 && argument === "--"));
const node = ["--import", "tsx", "--conditions=anabranch-source", file, ...args];
process.exitCode = (await run(process.execPath, node)).code;
