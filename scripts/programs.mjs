/** Programs that root commands run from source, packages/x/KIND/NAME.KIND.ts: benchmarks, soaks. */
import { existsSync, readdirSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { ensureInstalled, packageFolders, root } from "./workspace.mjs";

/**
 * The program that the command line names, ready to be run; its other arguments are the program's. Without a name, or with an
 * unknown one, lists what there is, and sets the exit code.
 *
 * @param {string} kind "bench": also the command's name
 * @param {string} called what to call one: "benchmark"
 * @returns {Promise<readonly string[] | undefined>} arguments of Node
 */
export async function chosenProgram(kind, called) {
  const suffix = `.${kind}.ts`;
  const programs = packageFolders()
    .map((folder) => join(folder, kind))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .filter((file) => file.endsWith(suffix));
  const [name, ...args] = process.argv.slice(2).filter((argument, index) => !(index === 0 && argument === "--"));
  const file = programs.find((candidate) => basename(candidate, suffix) === name);
  if (file !== undefined) {
    await ensureInstalled();
    return ["--import", "tsx", "--conditions=anabranch-source", "--expose-gc", file, ...args];
  }
  if (name !== undefined) {
    console.error(`There is no ${called} "${name}".`);
    process.exitCode = 2;
  }
  const width = Math.max(0, ...programs.map((candidate) => basename(candidate, suffix).length));
  console.log(`Usage: pnpm ${kind} NAME [arguments]\n`);
  for (const candidate of programs) {
    console.log(`  ${basename(candidate, suffix).padEnd(width)}  ${relative(root, candidate)}`);
  }
  return undefined;
}
