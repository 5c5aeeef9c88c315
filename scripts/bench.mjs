/** `pnpm bench NAME [arguments]` runs packages/x/bench/NAME.bench.ts from source; without a name it lists them. */
import { existsSync, readdirSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { ensureInstalled, packageFolders, root, run } from "./workspace.mjs";

const suffix = ".bench.ts";
const benchmarks = packageFolders()
  .map((folder) => join(folder, "bench"))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
  .filter((file) => file.endsWith(suffix));

const [name, ...args] = process.argv.slice(2).filter((argument, index) => !(index === 0 && argument === "--"));
const file = benchmarks.find((candidate) => basename(candidate, suffix) === name);

if (file !== undefined) {
  await ensureInstalled();
  const node = ["--import", "tsx", "--conditions=anabranch-source", "--expose-gc", file, ...args];
  process.exitCode = (await run(process.execPath, node)).code;
} else {
  if (name !== undefined) {
    console.error(`There is no benchmark "${name}".`);
    process.exitCode = 2;
  }
  const width = Math.max(0, ...benchmarks.map((candidate) => basename(candidate, suffix).length));
  console.log("Usage: pnpm bench NAME [arguments]\n");
  for (const candidate of benchmarks) {
    console.log(`  ${basename(candidate, suffix).padEnd(width)}  ${relative(root, candidate)}`);
  }
}
