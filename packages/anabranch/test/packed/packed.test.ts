import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { build, createServer, type InlineConfig, preview } from "vite";
import { beforeAll, describe, expect, it } from "vitest";
import { openChromium, withoutChromium } from "../browser/support/chromium.js";
import { installPacked } from "./install-packed.js";

const root = resolve(import.meta.dirname, "../..");
const built = ["index.js", "browser/index.js", "model-e2e/base"].every((file) => existsSync(join(root, "dist", file)));
const unbuilt = built ? "" : " (skipped: there is no build; run pnpm build)";
const prompt = "name[The Mill], eatType[pub], food[French], area[riverside]";
const answer = /^The Mill.*\.$/;

describe.skipIf(unbuilt !== "")(`the packed package in an empty project${unbuilt}`, () => {
  let project: string;

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), "anabranch-"));
    await installPacked(root, project);
    return () => rm(project, { recursive: true, force: true });
  }, 120_000);

  it("brings nothing along but the tokenizer", async () => {
    const installed = await readdir(join(project, "node_modules"));
    expect(installed.filter((name) => !name.startsWith("."))).toEqual(["@huggingface", "anabranch"]);
    expect(await readdir(join(project, "node_modules", "@huggingface"))).toEqual(["tokenizers"]);
  });

  it("generates in Node on the wasm backend", async () => {
    const program = `import { load } from "anabranch";
      import { lossless } from "anabranch/model-e2e";
      const model = await load(lossless.model, { adapter: lossless.adapter, backend: "wasm" });
      process.stdout.write(await model.generate(${JSON.stringify(prompt)}).text());`;
    const node = ["--input-type=module", "--eval", program];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, node, { cwd: project });
    expect(stderr).toBe("");
    expect(stdout).toMatch(answer);
  });

  describe.skipIf(withoutChromium !== "")(`as a Vite page${withoutChromium}`, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await openChromium();
      return () => browser.close();
    });
    const headers = {
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    };
    const config = (): InlineConfig => ({
      root: project,
      configFile: false,
      logLevel: "error",
      server: { port: 0, host: "localhost", headers, watch: null },
      preview: { port: 0, host: "localhost", headers },
    });

    beforeAll(async () => {
      const models = join(project, "node_modules", "anabranch", "dist", "model-e2e");
      for (const name of ["base", "lossless"]) {
        await cp(join(models, name), join(project, "public", name), { recursive: true });
      }
      await writeFile(join(project, "index.html"), '<!doctype html><script type="module" src="/page.js"></script>');
      await writeFile(
        join(project, "page.js"),
        `import { load } from "anabranch";
        try {
          const model = await load("/base", { adapter: "/lossless" });
          const text = await model.generate(${JSON.stringify(prompt)}).text();
          window.told = { text, warnings: model.warnings, isolated: crossOriginIsolated };
        } catch (error) {
          window.told = { text: String(error) };
        }`,
      );
    });

    /** What the page at an address has to say. */
    const visit = async (address: string) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(address);
      const told = await page.waitForFunction(() => (globalThis as { told?: unknown }).told);
      const result = await told.jsonValue();
      await context.close();
      return result;
    };
    const good = { text: expect.stringMatching(answer), warnings: [], isolated: true };

    it("generates once it is built", { timeout: 120_000 }, async () => {
      await build(config());
      const server = await preview(config());
      expect(await visit(server.resolvedUrls?.local[0] ?? "")).toEqual(good);
      await server.close();
    });

    it("generates on the development server", { timeout: 120_000 }, async () => {
      const server = await createServer(config());
      await server.listen();
      expect(await visit(server.resolvedUrls?.local[0] ?? "")).toEqual(good);
      await server.close();
    });
  });
});
