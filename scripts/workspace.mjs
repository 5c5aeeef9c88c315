/**
 * What the root commands share. It runs before anything is installed, on a machine that has only Node and npm,
 * so it imports nothing but Node's own modules. docs/decisions/bootstrap-through-npx.md says why it exists.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @param {string} path of a JSON file */
export const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

/** The one pnpm version that this workspace is installed with, such as "pnpm@10.34.9". */
export const pinnedPnpm = String(readJson(join(root, "package.json")).packageManager);

/** The folders, under packages/ and apps/, that hold a package. */
export function packageFolders() {
  return ["packages", "apps"]
    .map((parent) => join(root, parent))
    .filter((parent) => existsSync(parent))
    .flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .sort();
}

/**
 * Runs a command to its end. Its output goes to this terminal, or, when quiet, into the result.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ quiet?: boolean, cwd?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal, onMessage?: (message: unknown) => void }}
 *   [options] onMessage: hears what a Node process says to its parent
 * @returns {Promise<{ code: number, output: string }>} 128 and above: ended by a signal or never started
 */
export function run(command, args, { quiet = false, cwd = root, env = process.env, signal, onMessage } = {}) {
  const outputs = quiet ? "pipe" : "inherit";
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
      stdio: [quiet ? "ignore" : "inherit", outputs, outputs, ...(onMessage ? [/** @type {const} */ ("ipc")] : [])],
      shell: process.platform === "win32" && command !== process.execPath, // npx and the tools are .cmd files there
      ...(signal && { signal, killSignal: "SIGKILL" }), // a process that hangs, or handles the others, must end too
    });
    // Ctrl-C reaches the child through the terminal; it decides what to save and how to exit, and this process waits.
    const ignore = () => {};
    process.on("SIGINT", ignore);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (piece) => (output += piece));
    /** @param {number} code @param {string} [more] */
    const end = (code, more = "") => {
      process.off("SIGINT", ignore);
      resolve({ code, output: output + more });
    };
    if (onMessage) child.on("message", onMessage);
    child.on("error", (error) => end(128, error.message));
    child.on("close", (code) => end(code ?? 130));
  });
}

/** @type {Promise<readonly string[]> | undefined} */
let pnpmCommand;

/** The pinned pnpm: the installed one where it is that version, else through npx, which every npm brings along. */
function findPnpm() {
  pnpmCommand ??= run("pnpm", ["--version"], {
    quiet: true,
    cwd: tmpdir(),
    env: { ...process.env, COREPACK_ENABLE_NETWORK: "0" },
    signal: AbortSignal.timeout(10_000), // a wrapper of pnpm may wait for a network that is not there
  }).then(({ output }) =>
    `pnpm@${output.trim()}` === pinnedPnpm ? ["pnpm"] : ["npx", "--yes", "--loglevel=error", pinnedPnpm],
  );
  return pnpmCommand;
}

/**
 * Runs pnpm in the workspace, whether or not it is installed on this machine.
 *
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export async function pnpm(args, options) {
  const [command = "pnpm", ...prefix] = await findPnpm();
  return run(command, [...prefix, ...args], options);
}

/**
 * Runs an installed tool of the workspace, such as biome.
 *
 * @param {string} name
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function tool(name, args, options) {
  return run(join(root, "node_modules", ".bin", name), args, options);
}

/** Changes whenever what is installed may have to change. */
function dependencyFingerprint() {
  const hash = createHash("sha256").update(process.version).update(process.platform).update(process.arch);
  const manifests = [root, ...packageFolders()].map((folder) => join(folder, "package.json"));
  for (const file of [join(root, "pnpm-lock.yaml"), join(root, "pnpm-workspace.yaml"), ...manifests]) {
    hash.update(readFileSync(file));
  }
  return hash.digest("hex");
}

/** Installs the workspace from its lockfile, unless that was done already; ends the process when it cannot. */
export async function ensureInstalled() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Anabranch needs Node 20.19 or newer; this is ${process.version}.`);

  const stamp = join(root, "node_modules", ".anabranch-installed");
  const fingerprint = dependencyFingerprint();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint) return;
  console.error("Installing dependencies (a minute or two the first time) ...");
  // Without a terminal pnpm refuses to replace a node_modules that was installed from another store, rather than ask.
  const args = ["install", "--frozen-lockfile", "--prefer-offline", "--config.confirm-modules-purge=false"];
  const { code, output } = await pnpm(args, { quiet: true });
  if (code !== 0)
    fail(`${output}\nThe installation failed, as said above. It needs the npm registry or a filled store.`);
  writeFileSync(stamp, fingerprint);
}

/**
 * @param {string} message
 * @returns {never}
 */
export function fail(message) {
  console.error(message);
  process.exit(1);
}
