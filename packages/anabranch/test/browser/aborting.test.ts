import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { saveTinyFamily } from "../support/tiny-model.js";
import { embedded, prompt, withoutEmbedded } from "./support/embedded.js";
import { startPages } from "./support/pages.js";
import { sendFile } from "./support/serve.js";

describe.skipIf(withoutEmbedded !== "")(`a model in a page's worker${withoutEmbedded}`, () => {
  const pages = startPages(embedded, { make: saveTinyFamily });
  /** Chromium takes its time over the threads of a worker that it ends. */
  const patient = { timeout: 15_000 };

  it("stops downloading when it is told to, and keeps nothing of what is not whole", async () => {
    const { page, server, close } = await pages.open();
    let closed = false;
    server.intercept = (request, response) => {
      if (request.url !== "/base/model.safetensors") return false;
      // Slowly, and never to its end.
      response.writeHead(200, { "content-type": "application/octet-stream", "content-length": 5_849_528 });
      const timer = setInterval(() => response.write(Buffer.alloc(1000)), 20);
      response.on("close", () => {
        clearInterval(timer);
        closed = true;
      });
      return true;
    };
    const failure = await page.evaluate(() => {
      const controller = new AbortController();
      const onProgress = ({ file }: { file: string }) => file === "model.safetensors" && controller.abort();
      return failureOf(() => anabranch.load("./base", { signal: controller.signal, onProgress }));
    });
    expect(failure).toMatchObject({ ours: true, name: "AbortedError", code: "ABORTED" });
    await expect.poll(() => closed).toBe(true);
    await expect.poll(() => page.workers().length, patient).toBe(0);
    server.intercept = undefined;
    server.asked.length = 0;
    const text = await page.evaluate(async (prompt) => {
      const model = await anabranch.load("./base");
      return model.generate(prompt).text();
    }, prompt);
    expect(text).toMatch(/The Mill.*\.$/);
    // What was whole is kept.
    expect(server.asked).toEqual(["/base/model.safetensors"]);
    await close();
  });

  it("goes on where a connection was cut", async () => {
    const { page, server, close } = await pages.open();
    const file = join(embedded["/base"] as string, "model.safetensors");
    const bytes = await readFile(file);
    const ranges: (string | undefined)[] = [];
    server.intercept = (request, response) => {
      if (request.url !== "/base/model.safetensors") return false;
      ranges.push(request.headers.range);
      if (ranges.length > 1) sendFile(file, request, response);
      else {
        response.writeHead(200, { "content-length": bytes.length });
        response.write(bytes.subarray(0, 2 ** 20));
        setTimeout(() => response.destroy(), 200);
      }
      return true;
    };
    const text = await page.evaluate(async (prompt) => {
      const model = await anabranch.load("./base");
      return model.generate(prompt).text();
    }, prompt);
    expect(text).toMatch(/The Mill.*\.$/);
    expect(ranges[0]).toBeUndefined();
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
    await close();
  });

  it("stops loading when it is told to", async () => {
    const { page, close } = await pages.open();
    const failure = await page.evaluate(() => {
      const controller = new AbortController();
      // All is there; the worker goes on to read it.
      const onProgress = ({
        file,
        receivedBytes,
        totalBytes,
      }: {
        file: string;
        receivedBytes: number;
        totalBytes: number;
      }) => file === "model.safetensors" && receivedBytes === totalBytes && controller.abort();
      return failureOf(() => anabranch.load("./base", { signal: controller.signal, onProgress }));
    });
    expect(failure).toMatchObject({ code: "ABORTED" });
    await expect.poll(() => page.workers().length, patient).toBe(0);
    await close();
  });

  it("stops generating when it is told to or left, and goes on to other texts", async () => {
    const { page, close } = await pages.open();
    const result = await page.evaluate(async (prompt) => {
      const model = await anabranch.load("./base", { adapter: "./lossless" });
      const whole = await model.generate(prompt).text();
      const controller = new AbortController();
      const aborted = model.generate(prompt, { signal: controller.signal });
      let pieces = 0;
      const failure = await failureOf(async () => {
        for await (const _piece of aborted) if (++pieces === 3) controller.abort();
      });
      for await (const _piece of model.generate(prompt)) break;
      const together = await Promise.all([1, 2, 3].map(() => model.generate(prompt).text()));
      return { whole, failure, pieces, finish: aborted.finish, together };
    }, prompt);
    expect(result.failure).toMatchObject({ ours: true, code: "ABORTED" });
    expect(result).toMatchObject({ pieces: 3, finish: undefined, together: Array(3).fill(result.whole) });
    await close();
  });

  it("ends its workers and its texts when it is disposed of", async () => {
    const { page, close } = await pages.open();
    const model = await page.evaluateHandle(() => anabranch.load("./base", { threads: 2 }));
    expect(page.workers()).toHaveLength(2);
    const failure = await page.evaluate(
      async ([model, prompt]) => {
        const text = model.generate(prompt);
        await text.next();
        const rest = failureOf(() => text.text());
        await model.dispose();
        return rest;
      },
      [model, prompt] as const,
    );
    expect(failure).toMatchObject({ ours: true, code: "DISPOSED" });
    await expect.poll(() => page.workers().length, patient).toBe(0);
    await close();
  });

  it("leaves no worker of the many models that were disposed of", async () => {
    const { page, close } = await pages.open();
    let workers = 0;
    page.on("worker", () => workers++);
    await page.evaluate(async () => {
      for (let round = 0; round < 8; round++) {
        const model = await anabranch.load("./base", { threads: 2 });
        await model.generate("name[", { maxTokens: 2 }).text();
        await model.dispose();
      }
    });
    expect(workers).toBe(16);
    await expect.poll(() => page.workers().length, patient).toBe(0);
    await close();
  });

  it("fails what waits for it when it dies", async () => {
    const { page, close } = await pages.open({ isolated: false });
    await page.evaluate(async () => {
      const model = await anabranch.load("./made/model");
      const text = model.generate("name[", { maxTokens: 1e9, overflow: "slide" });
      await text.next();
      Object.assign(globalThis, { rest: failureOf(() => text.text()), later: () => model.generate("name[").text() });
    });
    await page.workers()[0]?.evaluate(() => close());
    const failures = await page.evaluate(async () => {
      const { rest, later } = globalThis as unknown as { rest: Promise<unknown>; later: () => Promise<unknown> };
      return [await rest, await failureOf(later)];
    });
    const dead = { ours: true, name: "BackendFailedError", subject: "worker" };
    expect(failures).toMatchObject([dead, dead]);
    await close();
  });
});
