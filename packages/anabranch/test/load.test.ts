import { existsSync } from "node:fs";
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createReferenceBackend } from "@anabranch/core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { load } from "../src/index.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { saveTinyFamily, saveTinyModel } from "./support/tiny-model.js";

let folder: string;
let family: Awaited<ReturnType<typeof saveTinyFamily>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  family = await saveTinyFamily(folder);
});

/** The code of the error that loading ends with. */
const loading = (...args: Parameters<typeof load>) =>
  load(...args).then(
    () => "loaded",
    (error: { code?: string }) => error.code,
  );

describe("load", () => {
  it("takes a path, a URL and a URL's text, with and without a slash at the end", async () => {
    const url = pathToFileURL(family.model);
    for (const place of [family.model, url, url.href, new URL(`${url.href}/`)]) {
      const model = await load(place, { backend: createReferenceBackend(), adapter: pathToFileURL(family.lossless) });
      expect([model.name, model.adapterName]).toEqual([family.model, family.lossless]);
      expect(model.adapter?.streams.gamma).toBe(3);
      await model.dispose();
    }
  });

  it("refuses an adapter of another model", async () => {
    const other = join(folder, "other");
    await saveTinyModel(other, 2);
    expect(await loading(other, { adapter: family.lossless })).toBe("WRONG_BASE_MODEL");
  });

  it("names what is missing", async () => {
    expect(await loading(join(folder, "nowhere"))).toBe("IO");
    expect(await loading(family.model, { adapter: join(folder, "nowhere") })).toBe("IO");
    const half = join(folder, "half");
    await mkdir(half);
    for (const file of ["config.json", "model.safetensors"]) await cp(join(family.model, file), join(half, file));
    await expect(load(half)).rejects.toMatchObject({ code: "IO", subject: join(half, "tokenizer.json") });
  });

  it("refuses a URL that is no file's", async () => {
    expect(await loading(new URL("https://example.org/model"))).toBe("INVALID_ARGUMENT");
  });

  it("takes a name on the hub, from the hub's cache here, unless something of that name is on the disk", async () => {
    const home = join(folder, "hf");
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const repo = join(home, "hub", "models--some-org--some-name");
    await mkdir(join(repo, "refs"), { recursive: true });
    await writeFile(join(repo, "refs", "main"), commit);
    await cp(family.model, join(repo, "snapshots", commit), { recursive: true });
    vi.stubEnv("HF_HOME", home);
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    for (const place of ["some-org/some-name", "hf:some-org/some-name", `some-org/some-name@${commit}`]) {
      const model = await load(place, { backend: createReferenceBackend() });
      expect(model.name).toBe(join(repo, "snapshots", commit));
      await model.dispose();
    }
    await expect(load("some-org/other-name")).rejects.toMatchObject({
      code: "HUB_UNAVAILABLE",
      message: expect.stringContaining('no file or folder "some-org/other-name" here'),
    });
    // Folders that have a name that a repository could have, from wherever tests are started.
    expect(await loading(existsSync("packages/core") ? "packages/core" : "test/support")).toBe("IO");
    vi.unstubAllEnvs();
  });

  it("takes a folder that holds one GGUF file and nothing else for that file", async () => {
    const holder = join(folder, "holder");
    await mkdir(holder);
    await writeFile(join(holder, "model.gguf"), "GGUF, but no more of it");
    await expect(load(holder)).rejects.toMatchObject({
      code: "INVALID_FILE",
      message: expect.stringContaining("model.gguf"),
    });
  });

  it("makes weights what is asked for, in a copy on disk too", async () => {
    vi.stubEnv("ANABRANCH_CACHE", join(folder, "cache"));
    for (const weights of ["float32", "int8", "int4"] as const) {
      const texts: string[] = [];
      for (const keepCopy of [false, true, true]) {
        const model = await load(family.model, { weights, keepCopy, threads: 1 });
        texts.push(await model.generate("name[The Mill]", { maxTokens: 12 }).text());
        await model.dispose();
      }
      expect(new Set(texts).size).toBe(1);
    }
    expect((await readdir(join(folder, "cache", "converted"))).length).toBe(3);
    vi.unstubAllEnvs();
  });

  it("stops when its signal has fired", async () => {
    expect(await loading(family.model, { signal: AbortSignal.abort() })).toBe("ABORTED");
  });

  it("frees the model when the adapter cannot be attached", async () => {
    const backend = createReferenceBackend();
    let disposed = 0;
    const refusing: typeof backend = {
      ...backend,
      async load(weights) {
        const attach = () => Promise.reject(new Error("no"));
        const dispose = async () => void disposed++;
        return Object.assign(Object.create(await backend.load(weights)), { attach, dispose });
      },
    };
    await expect(load(family.model, { adapter: family.lossless, backend: refusing })).rejects.toThrow("no");
    expect(disposed).toBe(1);
  });
});
