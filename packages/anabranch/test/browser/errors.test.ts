import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { LoadSettings } from "../../src/browser/index.js";
import { writeChatTemplate } from "../support/chat-template.js";
import { saveTinyFamily } from "../support/tiny-model.js";
import { embedded, withoutEmbedded } from "./support/embedded.js";
import { addLibrary, startPages } from "./support/pages.js";
import type { TestServer } from "./support/serve.js";

describe.skipIf(withoutEmbedded !== "")(`errors in a browser${withoutEmbedded}`, () => {
  const make = async (folder: string) => writeChatTemplate((await saveTinyFamily(folder)).model);
  const pages = startPages(embedded, { make });
  let page: Page;
  let server: TestServer;
  beforeAll(async () => {
    ({ page, server } = await pages.open());
  });

  const failure = (model: string, settings: LoadSettings = {}) =>
    page.evaluate(([model, settings]) => failureOf(() => anabranch.load(model, settings)), [model, settings] as const);
  const answering = async (path: string, answer: Buffer | string, type: string, work: () => Promise<void>) => {
    server.intercept = ({ url }, response) => {
      if (url !== path) return false;
      response.setHeader("content-type", type).end(answer);
      return true;
    };
    await work();
    server.intercept = undefined;
  };

  it("tells that a file is not there, and of which address", async () => {
    const url = `${server.origin}/nowhere/config.json`;
    expect(await failure("./nowhere")).toMatchObject({
      ours: true,
      name: "HubError",
      code: "HUB_NOT_FOUND",
      subject: url,
    });
    expect(await failure("./base", { adapter: "./nowhere" })).toMatchObject({ code: "HUB_NOT_FOUND" });
  });

  it("takes a page that stands for every address for what it is", async () => {
    await answering("/base/config.json", "<!doctype html>", "text/html; charset=utf-8", async () => {
      expect(await failure("./base")).toMatchObject({ ours: true, code: "HUB_NOT_FOUND" });
    });
  });

  it("tells that a server cannot be reached", async () => {
    expect(await failure("http://localhost:1/model.gguf")).toMatchObject({ ours: true, code: "HUB_UNAVAILABLE" });
  });

  it("tells of a file that is corrupt or cut short", async () => {
    const weights = await readFile(join(embedded["/base"] as string, "model.safetensors"));
    const cut = weights.subarray(0, weights.length - 1000);
    await answering("/base/model.safetensors", cut, "application/octet-stream", async () => {
      expect(await failure("./base", { keep: false })).toMatchObject({ ours: true, name: "InvalidFileError" });
    });
    const spoilt = Buffer.from(weights);
    spoilt[weights.length - 500] = (spoilt[weights.length - 500] as number) ^ 1;
    await answering("/base/model.safetensors", spoilt, "application/octet-stream", async () => {
      expect(await failure("./base", { keep: false })).toMatchObject({ ours: true, code: "CHECKSUM_MISMATCH" });
    });
  });

  it("tells of an adapter that was made for another model", async () => {
    const wrong = { ours: true, name: "WrongBaseModelError", code: "WRONG_BASE_MODEL" };
    expect(await failure("./made/model", { adapter: "./lossless" })).toMatchObject(wrong);
  });

  it("tells of arguments that mean nothing", async () => {
    expect(await failure("ftp://localhost/model.gguf")).toMatchObject({ ours: true, code: "INVALID_ARGUMENT" });
    expect(await failure("./base", { threads: 0.5 })).toMatchObject({ code: "INVALID_ARGUMENT", subject: "threads" });
    const precision = await failure("./base", { rowPrecision: "int3" as "int8" });
    expect(precision).toMatchObject({ code: "INVALID_ARGUMENT", subject: "rowPrecision" });
    const empty = await page.evaluate(() => failureOf(() => anabranch.load([])));
    expect(empty).toMatchObject({ code: "INVALID_ARGUMENT", subject: "model" });
  });

  it("tells of options that cannot be sent to a worker, and of a model without a chat template", async () => {
    const told = await page.evaluate(async () => {
      const model = await anabranch.load("./base");
      const drafter = (() => undefined) as never;
      const failures = [
        await failureOf(() => model.generate("name[The Mill]", { drafter }).text()),
        await failureOf(async () => model.chat()),
        await failureOf(() => model.generate([1, 2, 99_999]).text()),
      ];
      const text = await model.generate("name[The Mill]", { maxTokens: 3 }).text();
      await model.dispose();
      return { failures, text, after: await failureOf(() => model.generate("name[The Mill]").text()) };
    });
    expect(told.failures.map((each) => each?.code)).toEqual(["INVALID_ARGUMENT", "UNSUPPORTED", "UNKNOWN_TOKEN"]);
    expect(told.text).not.toBe("");
    expect(told.after).toMatchObject({ ours: true, code: "DISPOSED" });
  });

  /** A page whose Content-Security-Policy is this. */
  const openStrictly = async (policy: string) => {
    const { page: strict, server: strictServer, close } = await pages.open();
    strictServer.intercept = ({ url }, response) => {
      if (url === "/") response.setHeader("content-security-policy", policy);
      return false;
    };
    await strict.reload();
    await addLibrary(strict);
    return { strict, close };
  };

  it("tells that the page's policy allows no chat templates, and generates all the same", async () => {
    const policy = "worker-src blob:; script-src 'self' 'wasm-unsafe-eval'";
    const { strict, close } = await openStrictly(policy);
    const told = await strict.evaluate(async () => {
      const model = await anabranch.load("./made/model");
      const text = await model.generate("a", { maxTokens: 3 }).text();
      const failure = await failureOf(() => model.chat().send("b", { maxTokens: 3 }).text());
      await model.dispose();
      return { text, failure };
    });
    expect(told.text).not.toBe("");
    expect(told.failure).toMatchObject({ ours: true, code: "BACKEND_FAILED", subject: "worker" });
    expect(told.failure?.cure).toContain("script-src");
    await close();
  });

  it("tells that the page's policy allows no worker", async () => {
    const { strict, close } = await openStrictly("worker-src 'self'");
    const told = await strict.evaluate(() => failureOf(() => anabranch.load("./base")));
    expect(told).toMatchObject({ ours: true, code: "BACKEND_FAILED", subject: "worker" });
    expect(told?.cure).toContain("worker-src");
    await close();
  });

  it("leaves no worker behind", async () => {
    await expect.poll(() => page.workers().length, { timeout: 15_000 }).toBe(0);
  });
});
