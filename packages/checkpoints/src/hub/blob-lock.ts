import { mkdir, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { ioError } from "../bytes/io-failure.js";
import { waitFor } from "./retry-policy.js";

/** A holder shows every so many ms that it is alive … */
const PULSE = 5000;
/** … and counts as dead after so many without a sign. */
const DEAD_AFTER = 30_000;
/** Ms between two looks at a lock that another holds. */
const LOOK = 200;

/**
 * Waits until no other process, nor another call in this one, fetches the same blob, so that it comes over the network
 * once. It saves traffic, no more: a holder that was taken for dead does no harm, see {@link PartialFile}.
 *
 * @returns what gives the lock back
 * @throws IoError, AbortedError
 */
export async function holdLock(path: string, signal: AbortSignal | undefined): Promise<() => Promise<void>> {
  const owner = JSON.stringify({ host: hostname(), pid: process.pid, id: globalThis.crypto.randomUUID() });
  await mkdir(dirname(path), { recursive: true }).catch((cause) => Promise.reject(ioError("write", path, cause)));
  while (!(await take(path, owner))) {
    if (await isDead(path)) await rm(path, { force: true });
    else await waitFor(LOOK, signal);
  }
  const pulse = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), PULSE);
  pulse.unref();
  return async () => {
    clearInterval(pulse);
    // Not another's, who took us for dead while the machine slept.
    if ((await readFile(path, "utf8").catch(() => "")) === owner) await rm(path, { force: true });
  };
}

async function take(path: string, owner: string): Promise<boolean> {
  try {
    const handle = await open(path, "wx");
    await handle.writeFile(owner).finally(() => handle.close());
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw ioError("write", path, cause);
  }
}

async function isDead(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return false; // It was given back just now.
  if (Date.now() - stats.mtimeMs > DEAD_AFTER) return true;
  try {
    const { host, pid } = JSON.parse(await readFile(path, "utf8")) as { host: unknown; pid: unknown };
    return host === hostname() && typeof pid === "number" && !isRunning(pid);
  } catch {
    return false; // Its owner is writing it.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // It runs, and is another user's.
  }
}
