import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createReferenceBackend } from "@anabranch/core";
import { beforeAll, describe, expect, it } from "vitest";
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
