import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FetchFromHubOptions, fetchFromHub, type HubProgress } from "../../src/node.js";
import { emptyHubHome, quick } from "../support/hub-home.js";
import { LocalHub, noise, REPO, sha256 } from "../support/local-hub.js";

const weights = noise(3_000_000);
const half = weights.byteLength / 2;
const oid = sha256(weights);

let home: Awaited<ReturnType<typeof emptyHubHome>>;
let hub: LocalHub;
beforeEach(async () => {
  home = await emptyHubHome();
  hub = await LocalHub.start({
    "config.json": "{}",
    "tokenizer.json": "[]",
    "model.safetensors": { bytes: weights, large: true },
  });
});
afterEach(async () => {
  await hub.stop();
  await home.remove();
});

const fetched = (options: FetchFromHubOptions = {}) =>
  fetchFromHub({ repo: REPO }, { endpoint: options.endpoint ?? hub.endpoint, retry: quick, ...options });

/** Ranges of the requests to the store: the large file's. */
const ranges = () => hub.requests.filter(({ server }) => server === "store").map(({ range }) => range);
const partial = () => `${home.blob(oid)}.incomplete`;

async function expectWhole(folder: string) {
  expect(sha256(await readFile(join(folder, "model.safetensors")))).toBe(oid);
  expect((await readdir(join(home.repo, "blobs"))).filter((name) => name.endsWith(".incomplete"))).toEqual([]);
}

describe("a connection that is cut", () => {
  it("half way is taken up where it ended", async () => {
    hub.fail(/^store/, { cutAfter: half });
    await expectWhole(await fetched());
    const [first, second, ...more] = ranges();
    expect(first).toBeUndefined();
    expect(second).toMatch(/^bytes=[1-9]\d*-$/);
    expect(more).toEqual([]);
  });

  it("again and again is an error that keeps what came, for the next process", async () => {
    hub.fail(/^store/, { cutAfter: 300_000 }, 4);
    await expect(fetched()).rejects.toMatchObject({
      code: "IO",
      subject: "org/name/model.safetensors",
      cure: expect.stringContaining("Try again"),
    });
    const { size } = await stat(partial());
    expect(size).toBeGreaterThan(300_000);
    hub.requests.length = 0;
    const seen: HubProgress[] = [];
    await expectWhole(await fetched({ onProgress: (progress) => seen.push(progress) }));
    expect(ranges()).toEqual([`bytes=${size}-`]);
    expect(seen.find(({ file }) => file === "model.safetensors")?.receivedBytes).toBeGreaterThan(size);
  });

  it("more often than there are retries ends well while it goes on", async () => {
    hub.fail(/^store/, { cutAfter: 2 ** 20 }, 2);
    await expectWhole(await fetched({ retry: { ...quick, retries: 1 } }));
    expect(ranges()).toHaveLength(3);
  });

  it("and whose server then ignores ranges starts anew", async () => {
    hub.fail(/^store/, { cutAfter: half });
    hub.fail(/^store/, { ignoreRange: true });
    const seen: HubProgress[] = [];
    await expectWhole(await fetched({ onProgress: (progress) => seen.push(progress) }));
    expect(ranges()).toHaveLength(2);
    expect(seen.at(-1)?.receivedBytes).toBe(seen.at(-1)?.totalBytes);
  });

  it("and whose server then refuses the range starts anew", async () => {
    hub.fail(/^store/, { cutAfter: half });
    hub.fail(/^store/, { status: 416 });
    await expectWhole(await fetched());
    expect(ranges().at(-1)).toBeUndefined();
  });

  it("before the list of files is asked for again", async () => {
    hub.fail(/tree/, { status: 503 }, 2);
    await expectWhole(await fetched());
  });

  it("in the middle of the list of files is asked again", async () => {
    hub.fail(/tree/, { cutAfter: 10 });
    await expectWhole(await fetched());
  });

  it("without a word counts as cut", async () => {
    hub.fail(/^store/, { stallAfter: 200_000 });
    await expectWhole(await fetched({ retry: { ...quick, silenceMs: 500 } }));
    expect(ranges()).toHaveLength(2);
  });
});

describe("content that is not what was promised", () => {
  const wrong = Uint8Array.from(weights, (byte, i) => (i === 7 ? byte ^ 1 : byte));

  it("is refused, and nothing of it stays", async () => {
    hub.fail(/^store/, { content: wrong });
    await expect(fetched()).rejects.toMatchObject({
      code: "CHECKSUM_MISMATCH",
      subject: "org/name/model.safetensors",
      message: expect.stringMatching(/model\.safetensors.*http:.*resolve/),
    });
    expect((await readdir(join(home.repo, "blobs"))).filter((name) => name.startsWith(oid))).toEqual([]);
    await expectWhole(await fetched());
  });

  it("in a small file is found too", async () => {
    hub.fail(/config\.json/, { content: new TextEncoder().encode("[]") });
    await expect(fetched()).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH", subject: "org/name/config.json" });
  });

  it("is refused when it is too long", async () => {
    hub.fail(/^store/, { content: Uint8Array.from([...weights, 1]) });
    await expect(fetched()).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
  });

  it("is fetched again where it was an earlier process's", async () => {
    await mkdir(join(home.repo, "blobs"), { recursive: true });
    await writeFile(partial(), wrong.subarray(0, half));
    await expectWhole(await fetched());
    expect(ranges()).toEqual([`bytes=${half}-`, undefined]);
  });

  it("needs no request where an earlier process had it all", async () => {
    await mkdir(join(home.repo, "blobs"), { recursive: true });
    await writeFile(partial(), weights);
    await expectWhole(await fetched());
    expect(ranges()).toEqual([]);
  });

  it("may stand longer than it should in an earlier process's file", async () => {
    await mkdir(join(home.repo, "blobs"), { recursive: true });
    await writeFile(partial(), Uint8Array.from([...weights, 1, 2, 3]));
    await expectWhole(await fetched());
  });
});

describe("a hub that refuses", () => {
  it("404: says what is missing", async () => {
    const missing = (place: { repo?: string; revision?: string }) =>
      fetchFromHub({ repo: REPO, ...place }, { endpoint: hub.endpoint, retry: quick });
    await expect(missing({ repo: "org/other" })).rejects.toMatchObject({
      code: "HUB_NOT_FOUND",
      status: 404,
      message: expect.stringMatching(/org\/other.*repository/),
    });
    await expect(missing({ revision: "v9" })).rejects.toMatchObject({
      code: "HUB_NOT_FOUND",
      message: expect.stringMatching(/org\/name@v9.*revision/),
    });
    expect(hub.requests).toHaveLength(2); // Asking again would change nothing.
  });

  it("404 for a file that was listed: says which", async () => {
    hub.fail(/tokenizer\.json/, { status: 404, headers: { "x-error-code": "EntryNotFound" } });
    await expect(fetched()).rejects.toMatchObject({ code: "HUB_NOT_FOUND", subject: "org/name/tokenizer.json" });
  });

  it("401: tells of HF_TOKEN", async () => {
    hub.fail(/revision/, { status: 401 }, 2);
    await expect(fetched()).rejects.toMatchObject({
      code: "HUB_UNAUTHORIZED",
      status: 401,
      cure: expect.stringContaining("HF_TOKEN"),
    });
    await expect(fetched({ token: "hf_old" })).rejects.toMatchObject({
      code: "HUB_UNAUTHORIZED",
      cure: expect.stringContaining("may read it"),
    });
  });

  it("403 of a gated model: tells where its terms are", async () => {
    hub.fail(/resolve/, { status: 403, headers: { "x-error-code": "GatedRepo" } });
    await expect(fetched()).rejects.toMatchObject({
      code: "HUB_UNAUTHORIZED",
      status: 403,
      cure: expect.stringContaining(`${hub.endpoint}/org/name`),
    });
  });

  it("429: is asked again after the pause that it wants", async () => {
    hub.fail(/resolve/, { status: 429, headers: { "retry-after": "0" } });
    await expectWhole(await fetched({ retry: { pauseMs: 2 ** 30, longestPauseMs: 2 ** 30 } })); // Our own would be days.
  });

  it("429 with a pause beyond bounds: is an error at once", async () => {
    hub.fail(/revision/, { status: 429, headers: { "retry-after": "3600" } });
    await expect(fetched()).rejects.toMatchObject({
      code: "HUB_RATE_LIMITED",
      status: 429,
      cure: expect.stringContaining("3600 s"),
    });
    expect(hub.requests).toHaveLength(1);
  });

  it("503 twice: is asked again", async () => {
    hub.fail(/^store/, { status: 503 }, 2);
    await expectWhole(await fetched());
    expect(ranges()).toHaveLength(3);
  });

  it("503 for ever: is an error after so many attempts", async () => {
    hub.fail(/revision/, { status: 503 }, Number.POSITIVE_INFINITY);
    await expect(fetched()).rejects.toMatchObject({ code: "HUB_UNAVAILABLE", status: 503 });
    expect(hub.requests).toHaveLength(1 + quick.retries);
  });

  it("to listen: is an error", async () => {
    const { endpoint } = hub;
    await hub.stop();
    await expect(fetched({ endpoint })).rejects.toMatchObject({ code: "HUB_UNAVAILABLE", status: undefined });
    hub = await LocalHub.start({});
  });

  it("to be a hub: is an error", async () => {
    hub.fail(/revision/, { status: 200 }); // A page of the network's own, say.
    await expect(fetched()).rejects.toMatchObject({
      code: "HUB_UNAVAILABLE",
      message: expect.stringContaining("does not answer as a hub does"),
    });
  });
});

describe("an abort", () => {
  it("in mid-download leaves what came, and the next call goes on from there", async () => {
    const aborter = new AbortController();
    hub.fail(/^store/, { stallAfter: half });
    const onProgress = ({ file }: HubProgress) => {
      if (file === "model.safetensors") aborter.abort("enough");
    };
    await expect(fetched({ signal: aborter.signal, onProgress })).rejects.toMatchObject({
      code: "ABORTED",
      cause: "enough",
    });
    const { size } = await stat(partial());
    expect(size).toBeGreaterThan(0);
    await expectWhole(await fetched());
    expect(ranges().at(-1)).toBe(`bytes=${size}-`);
  });

  it("ends a pause", async () => {
    hub.fail(/revision/, { status: 503, headers: { "retry-after": "100" } });
    const signal = AbortSignal.timeout(50);
    await expect(fetched({ signal, retry: { longestPauseMs: 200_000 } })).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("before the start makes no request", async () => {
    await expect(fetched({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
    expect(hub.requests).toEqual([]);
  });
});

it("what the caller's own progress handler throws comes out as it is", async () => {
  const thrown = new Error("the caller's");
  const onProgress = () => {
    throw thrown;
  };
  await expect(fetched({ onProgress })).rejects.toBe(thrown);
});

describe("a disk", () => {
  it.runIf(process.platform === "linux")("that is full is an error with a cure", async () => {
    await mkdir(join(home.repo, "blobs"), { recursive: true });
    await symlink("/dev/full", partial());
    await expect(fetched()).rejects.toMatchObject({
      code: "IO",
      message: expect.stringContaining("ENOSPC"),
      cure: expect.stringContaining("free some space"),
    });
  });

  it("where no folder can be made is an error with the path", async () => {
    await writeFile(join(home.home, "hub"), "a file");
    await expect(fetched()).rejects.toMatchObject({ code: "IO", subject: expect.stringContaining(home.home) });
  });
});

it("numbers that make no sense for retries are refused", async () => {
  await expect(fetched({ retry: { retries: -1 } })).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
    subject: "retry.retries",
  });
});
