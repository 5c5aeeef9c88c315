import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fetchFromHub } from "../../src/node.js";
import { emptyHubHome, quick } from "../support/hub-home.js";
import { LocalHub, noise, REPO, sha256 } from "../support/local-hub.js";

const weights = noise(2_000_000);
const oid = sha256(weights);

let home: Awaited<ReturnType<typeof emptyHubHome>>;
let hub: LocalHub;
beforeEach(async () => {
  home = await emptyHubHome();
  hub = await LocalHub.start({ "config.json": "{}", "model.safetensors": { bytes: weights, large: true } });
});
afterEach(async () => {
  await hub.stop();
  await home.remove();
});

/** A real process that fetches the repository. */
function child(): ChildProcess & { readonly stdout: NodeJS.ReadableStream } {
  const script = fileURLToPath(new URL("../support/fetch-in-child.ts", import.meta.url));
  const args = ["--import", "tsx", "--conditions=anabranch-source", script, REPO, hub.endpoint];
  return spawn(process.execPath, args, {
    cwd: resolve(import.meta.dirname, "../.."),
    stdio: ["ignore", "pipe", "inherit"],
  }) as ChildProcess & { readonly stdout: NodeJS.ReadableStream };
}

const fetched = () => fetchFromHub({ repo: REPO }, { endpoint: hub.endpoint, retry: quick });
const storeRequests = () => hub.requests.filter(({ server }) => server === "store");
const lock = () => join(home.home, "hub", ".locks", "models--org--name", `${oid}.anabranch`);

async function expectWhole(folder: string) {
  expect(sha256(await readFile(join(folder, "model.safetensors")))).toBe(oid);
  expect((await readdir(join(home.repo, "blobs"))).filter((name) => name.endsWith(".incomplete"))).toEqual([]);
  expect(await readdir(dirname(lock()))).toEqual([]);
}

describe("processes that share a cache", () => {
  it("fetch a file once, and all have it", async () => {
    hub.fail(/^store/, { cutAfter: 400_000 }, 2);
    const folders = await Promise.all([fetched(), fetched(), text(child().stdout), text(child().stdout)]);
    expect(new Set(folders).size).toBe(1);
    await expectWhole(folders[0] ?? "");
    expect(storeRequests()).toHaveLength(3); // Two that were cut, and the one that brought the rest.
  });

  it("go on with what a killed one left", async () => {
    hub.fail(/^store/, { stallAfter: 1_000_000 });
    const doomed = child();
    const partial = `${home.blob(oid)}.incomplete`;
    while (((await stat(partial).catch(() => undefined))?.size ?? 0) < 500_000) await sleep(20);
    expect((await stat(lock())).isFile()).toBe(true);
    doomed.kill("SIGKILL");
    await once(doomed, "exit");
    const { size } = await stat(partial);
    await expectWhole(await fetched());
    expect(storeRequests().map(({ range }) => range)).toEqual([undefined, `bytes=${size}-`]);
  });
});

describe("a lock", () => {
  const leave = async (owner: object, ageMs: number) => {
    await mkdir(dirname(lock()), { recursive: true });
    await writeFile(lock(), JSON.stringify(owner));
    const then = new Date(Date.now() - ageMs);
    await utimes(lock(), then, then);
  };

  it("of another machine is broken once that one gives no sign of life", async () => {
    await leave({ host: "elsewhere", pid: 1 }, 60_000);
    await expectWhole(await fetched());
  });

  it("of one that lives is waited for, and an abort ends the wait", async () => {
    await leave({ host: hostname(), pid: process.pid }, 0);
    const waiting = fetchFromHub({ repo: REPO }, { endpoint: hub.endpoint, signal: AbortSignal.timeout(700) });
    await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
    expect(storeRequests()).toEqual([]);
    expect((await stat(lock())).isFile()).toBe(true);
  });
});
