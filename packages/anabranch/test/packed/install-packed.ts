import { execFile } from "node:child_process";
import { readdir, readFile, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** npm's files are commands of the shell there. */
const shell = process.platform === "win32";

/**
 * Packs a package as it would be published, and installs it with npm in an empty folder outside of the workspace. The tokenizer
 * comes from the workspace too, so that no registry is asked.
 */
export async function installPacked(root: string, project: string): Promise<void> {
  const { packageManager } = JSON.parse(await readFile(join(root, "../../package.json"), "utf8"));
  await run("npx", ["--yes", packageManager, "pack", "--pack-destination", project], { cwd: root, shell });
  const tarball = (await readdir(project)).find((name) => name.endsWith(".tgz")) as string;
  const tokenizers = await realpath(join(root, "node_modules/@huggingface/tokenizers"));
  await writeFile(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const quietly = ["--offline", "--no-audit", "--no-fund", "--install-links", "--ignore-scripts"];
  await run("npm", ["install", ...quietly, `./${tarball}`, tokenizers], { cwd: project, shell });
}
