import { mkdir, readdir, readFile, readlink, realpath, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { scanCacheDir } from "@huggingface/hub";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openSafetensors, writeSafetensors } from "../../src/index.js";
import { fetchFromHub, type HubProgress } from "../../src/node.js";
import { emptyHubHome, quick } from "../support/hub-home.js";
import { COMMIT, gitSha1, LocalHub, noise, REPO, sha256 } from "../support/local-hub.js";

const weights = noise(300_000);
const gguf = noise(100_000, 2);
const model = {
  "README.md": "# A model",
  "config.json": '{"model_type":"llama"}',
  "generation_config.json": "{}",
  "model.safetensors": { bytes: weights, large: true },
  "model.fp16.gguf": { bytes: gguf, large: true },
  "onnx/model.onnx": { bytes: noise(1000, 3), large: true },
  "pytorch_model.bin": { bytes: noise(1000, 4), large: true },
  "sub/q8.gguf": { bytes: gguf, large: true },
  "tokenizer.json": '{"version":"1.0"}',
};

let home: Awaited<ReturnType<typeof emptyHubHome>>;
let hub: LocalHub;
beforeEach(async () => {
  home = await emptyHubHome();
});
afterEach(async () => {
  await hub.stop();
  await home.remove();
});

async function start(files: Parameters<typeof LocalHub.start>[0] = model) {
  hub = await LocalHub.start(files);
  vi.stubEnv("HF_ENDPOINT", `${hub.endpoint}/`);
}

const fetched = (place = {}, options = {}) => fetchFromHub({ repo: REPO, ...place }, { retry: quick, ...options });

describe("a repository", () => {
  it("comes into the standard cache, and only what loading needs", async () => {
    await start();
    const folder = await fetched();
    expect(folder).toBe(join(home.repo, "snapshots", COMMIT));
    expect((await readdir(folder)).sort()).toEqual([
      "config.json",
      "generation_config.json",
      "model.safetensors",
      "tokenizer.json",
    ]);
    expect(await readFile(join(folder, "config.json"), "utf8")).toBe(model["config.json"]);
    expect(sha256(await readFile(join(folder, "model.safetensors")))).toBe(sha256(weights));
    expect(await readFile(join(home.repo, "refs", "main"), "utf8")).toBe(COMMIT);
    expect(await readlink(join(folder, "model.safetensors"))).toBe(join("..", "..", "blobs", sha256(weights)));
    const small = gitSha1(new TextEncoder().encode(model["config.json"]));
    expect(await realpath(join(folder, "config.json"))).toBe(await realpath(home.blob(small)));
    const blobs = await readdir(join(home.repo, "blobs"));
    expect(blobs.filter((name) => /incomplete|tmp/.test(name))).toEqual([]);
    expect(await readdir(join(home.home, "hub", ".locks", "models--org--name"))).toEqual([]);
  });

  it("is understood by the hub's own library", async () => {
    await start();
    const folder = await fetched();
    const { repos, warnings } = await scanCacheDir(join(home.home, "hub"));
    expect(warnings).toEqual([]);
    expect(repos).toMatchObject([{ id: { name: REPO, type: "model" }, filesCount: 4 }]);
    expect(repos[0]?.revisions).toMatchObject([{ commitOid: COMMIT, path: folder, refs: ["main"] }]);
  });

  it("is fetched once; later only what is missing is", async () => {
    await start();
    const folder = await fetched();
    hub.requests.length = 0;
    expect(await fetched()).toBe(folder);
    expect(hub.downloads()).toEqual([]);
    await rm(join(folder, "tokenizer.json")); // The link; its blob stays.
    await rm(await realpath(join(folder, "generation_config.json")));
    await fetched();
    expect(hub.downloads().map(({ path }) => path)).toEqual([`/${REPO}/resolve/${COMMIT}/generation_config.json`]);
    expect(await readFile(join(folder, "tokenizer.json"), "utf8")).toBe(model["tokenizer.json"]);
  });

  it("takes another library's files where they are", async () => {
    await start();
    const folder = join(home.repo, "snapshots", COMMIT);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "model.safetensors"), weights); // As on Windows: no blob, no link.
    await fetched();
    expect(hub.downloads().filter(({ server }) => server === "store")).toEqual([]);
  });

  it("may be asked for by branch, tag or commit", async () => {
    await start();
    hub.refs.set("refs/pr/1", COMMIT);
    const folder = await fetched({ revision: "refs/pr/1" });
    expect(await readFile(join(home.repo, "refs", "refs", "pr", "1"), "utf8")).toBe(COMMIT);
    expect(await fetched({}, { revision: "refs/pr/1", offline: true })).toBe(folder);
    hub.requests.length = 0;
    expect(await fetched({ revision: COMMIT })).toBe(folder);
    expect(hub.requests.some(({ path }) => path.includes("/revision/"))).toBe(false);
  });

  it("may be a part, by names", async () => {
    await start();
    const folder = await fetched({}, { files: ["config.json", "sub/q8.gguf"] });
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(["config.json", "sub", join("sub", "q8.gguf")]);
    await expect(fetched({}, { files: ["../config.json"] })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("may hold its weights in shards, of which each that the index names is fetched", async () => {
    const shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"] as const;
    const index = JSON.stringify({ weight_map: { a: shards[0], b: shards[1], c: shards[0] } });
    await start({
      "config.json": "{}",
      "model.safetensors.index.json": index,
      [shards[0]]: { bytes: noise(5000, 5), large: true },
      [shards[1]]: { bytes: noise(6000, 6), large: true },
      "model-00009-of-00009.safetensors": { bytes: noise(10, 7), large: true },
    });
    const folder = await fetched();
    expect((await readdir(folder)).sort()).toEqual(["config.json", ...shards, "model.safetensors.index.json"].sort());
    expect(await fetched({}, { offline: true })).toBe(folder);
    await rm(join(folder, shards[1]));
    await expect(fetched({}, { offline: true })).rejects.toMatchObject({ code: "HUB_UNAVAILABLE" });
  });

  it("whose index names what is not there, or leads out of the folder, is refused", async () => {
    await start({ "config.json": "{}", "model.safetensors.index.json": '{"weight_map":{"a":"gone.safetensors"}}' });
    await expect(fetched()).rejects.toMatchObject({ code: "HUB_NOT_FOUND", subject: expect.stringContaining("gone") });
    await hub.stop();
    await start({ "config.json": "{}", "model.safetensors.index.json": '{"weight_map":{"a":"../../x.safetensors"}}' });
    await expect(fetched()).rejects.toMatchObject({ code: "INVALID_FILE" });
  });

  it("may be an adapter", async () => {
    await start({ "adapter_config.json": "{}", "adapter_model.safetensors": { bytes: noise(500), large: true } });
    const folder = await fetched();
    expect((await readdir(folder)).sort()).toEqual(["adapter_config.json", "adapter_model.safetensors"]);
    expect(await fetched({}, { offline: true })).toBe(folder);
  });

  it("is read through its links", async () => {
    const path = join(home.home, "w.safetensors");
    await writeSafetensors(path, new Map([["t", { shape: [3], data: Float32Array.of(1, 2, 3) }]]));
    await start({ "config.json": "{}", "model.safetensors": { bytes: await readFile(path), large: true } });
    const file = await openSafetensors(join(await fetched(), "model.safetensors"));
    expect([...(await file.read("t"))]).toEqual([1, 2, 3]);
    await file.close();
  });
});

describe("one file", () => {
  it("is fetched alone, and its path given", async () => {
    await start();
    const path = await fetched({ file: "sub/q8.gguf" });
    expect(path).toBe(join(home.repo, "snapshots", COMMIT, "sub", "q8.gguf"));
    expect((await stat(path)).size).toBe(gguf.byteLength);
    expect(hub.downloads()).toHaveLength(1);
    hub.requests.length = 0;
    expect(await fetched({ file: "sub/q8.gguf", revision: COMMIT })).toBe(path);
    expect(hub.requests).toEqual([]); // A commit's file never changes.
  });

  it("comes with all parts of its model, which must all be there", async () => {
    const part = (no: number) => `q8/m-0000${no}-of-00002.gguf`;
    await start({ [part(1)]: { bytes: gguf, large: true }, [part(2)]: { bytes: noise(500, 5), large: true } });
    const path = await fetched({ file: part(1), revision: COMMIT });
    expect(path).toBe(join(home.repo, "snapshots", COMMIT, "q8", "m-00001-of-00002.gguf"));
    const second = join(home.repo, "snapshots", COMMIT, "q8", "m-00002-of-00002.gguf");
    expect((await stat(second)).size).toBe(500);
    await rm(second);
    await fetched({ file: part(1), revision: COMMIT });
    expect((await stat(second)).size).toBe(500);
    const missing = fetched({ file: "q8/m-00001-of-00003.gguf" });
    await expect(missing).rejects.toMatchObject({
      code: "HUB_NOT_FOUND",
      message: expect.stringContaining("of-00003"),
    });
  });

  it("that is not there is an error that names those that are", async () => {
    await start();
    await expect(fetched({ file: "model.q4.gguf" })).rejects.toMatchObject({
      code: "HUB_NOT_FOUND",
      status: 404,
      cure: expect.stringContaining("model.fp16.gguf"),
    });
    await expect(fetched({ file: "nowhere/model.gguf" })).rejects.toMatchObject({ code: "HUB_NOT_FOUND" });
  });

  it("must be named where a repository has GGUF files only", async () => {
    await start({ "README.md": "", "a.Q4_0.gguf": "4", "b.Q8_0.gguf": "8" });
    await expect(fetched()).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("a.Q4_0.gguf, b.Q8_0.gguf"),
      cure: expect.stringContaining("hf:org/name/a.Q4_0.gguf"),
    });
  });

  it("of a kind that we do not read is named where there is nothing else", async () => {
    await start({ "config.json": "{}", "pytorch_model.bin": "x" });
    await expect(fetched()).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("pytorch_model.bin"),
    });
  });
});

describe("the token", () => {
  it("comes from the file in HF_HOME, HF_TOKEN or the caller, and goes to the hub alone", async () => {
    await start();
    const sent = async (options = {}) => {
      hub.requests.length = 0;
      await rm(home.repo, { recursive: true, force: true });
      await fetched({}, options);
      const by = (server: string) => [
        ...new Set(hub.requests.filter((request) => request.server === server).map((r) => r.authorization)),
      ];
      expect(by("store")).toEqual([undefined]);
      return by("hub");
    };
    expect(await sent()).toEqual([undefined]);
    await writeFile(join(home.home, "token"), "hf_file\n");
    expect(await sent()).toEqual(["Bearer hf_file"]);
    vi.stubEnv("HF_TOKEN", "hf_environment");
    expect(await sent()).toEqual(["Bearer hf_environment"]);
    expect(await sent({ token: "a-mirrors-own" })).toEqual(["Bearer a-mirrors-own"]);
  });

  it("is not repeated in a message", async () => {
    await start();
    const error = await fetched({}, { token: "hf_a\nb" }).catch((error: Error) => error);
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(String(error)).not.toContain("hf_a");
  });
});

describe("the environment", () => {
  it("says where the cache is", async () => {
    await start();
    vi.stubEnv("HF_HUB_CACHE", join(home.home, "elsewhere"));
    expect(await fetched()).toContain(join(home.home, "elsewhere", "models--org--name"));
    expect(await fetched({}, { cacheDirectory: join(home.home, "own") })).toContain(join(home.home, "own", "models-"));
  });

  it("that names no hub is refused", async () => {
    await start();
    vi.stubEnv("HF_ENDPOINT", "hub.example");
    await expect(fetched()).rejects.toMatchObject({ code: "INVALID_ARGUMENT", subject: "endpoint" });
  });
});

describe("progress", () => {
  it("grows to the whole, and counts what the cache had", async () => {
    await start();
    const seen: HubProgress[] = [];
    const onProgress = (progress: HubProgress) => seen.push(progress);
    await fetched({}, { onProgress });
    const last = seen.at(-1);
    const received = seen.map(({ receivedBytes }) => receivedBytes);
    expect(received).toEqual([...received].sort((a, b) => a - b));
    expect(last?.receivedBytes).toBe(last?.totalBytes);
    expect(last?.totalBytes).toBeGreaterThan(weights.byteLength);
    expect(last?.secondsLeft).toBe(0);
    expect(new Set(seen.map(({ file }) => file))).toEqual(
      new Set(["config.json", "generation_config.json", "model.safetensors", "tokenizer.json"]),
    );
    seen.length = 0;
    await fetched({}, { onProgress });
    expect(seen.at(-1)).toMatchObject({ receivedBytes: last?.totalBytes, totalBytes: last?.totalBytes });
  });
});
