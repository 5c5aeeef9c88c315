import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CostModel, isCostModel, type Step, type StreamMode } from "@anabranch/core";
import { lossless } from "@anabranch/model-e2e";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { calibrateModel } from "../src/calibrate/calibrate-model.js";
import { costFile, readCosts, writeCosts } from "../src/calibrate/kept-costs.js";
import { MachineCosts } from "../src/calibrate/machine-costs.js";
import { DEMO_FACTS } from "../src/cli/demo-facts.js";
import { type GenerateOptions, type LanguageModel, load } from "../src/index.js";
import { runCli } from "./support/run-cli.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { saveTinyFamily } from "./support/tiny-model.js";

let cache: string;
let family: Awaited<ReturnType<typeof saveTinyFamily>>;
let model: LanguageModel;
let before: string | undefined;
beforeAll(async () => {
  const folder = await temporaryFolder();
  cache = join(folder, "cache");
  before = process.env["ANABRANCH_CACHE"];
  process.env["ANABRANCH_CACHE"] = cache;
  family = await saveTinyFamily(folder);
  model = await load(family.model, { adapter: family.lossless, threads: 1 });
});
afterAll(async () => {
  if (before === undefined) delete process.env["ANABRANCH_CACHE"];
  else process.env["ANABRANCH_CACHE"] = before;
  await model?.dispose();
});

/** Rows for nothing, or for more than any draft can win. */
function costsOf(row: number): CostModel {
  const rows = [1, 8, 32];
  const pass = rows.map((count) => 10 + row * (count - 1));
  return {
    ...{ version: 1, contexts: [64], rows, plain: [pass], parallel: [pass], deferred: [1] },
    ...{ draft: { deferred: 0.1, parallel: 0.2 }, rest: 0.1 },
  };
}

async function decoded(on: LanguageModel, prompt: string, options: GenerateOptions) {
  const steps: Step[] = [];
  const generation = on.generate(prompt, { maxTokens: 40, ...options, onStep: (step) => void steps.push(step) });
  return { text: await generation.text(), steps };
}

const nodesOf = (steps: readonly Step[]): number =>
  steps.slice(1).reduce((sum, { draft }) => sum + draft.tokens.length, 0);

describe("drafts under a budget", () => {
  it("give plain decoding's text on the embedded model, with steps that say what they were to take", async () => {
    const embedded = await load(lossless.model, { adapter: lossless.adapter, threads: 1 });
    try {
      for (const prompt of DEMO_FACTS.slice(0, 2)) {
        const plain = await decoded(embedded, prompt, { drafter: "none" });
        for (const options of [{}, { budget: costsOf(0) }, { budget: costsOf(0), streams: "parallel" }] as const) {
          const { text, steps } = await decoded(embedded, prompt, options);
          expect(text).toBe(plain.text);
          expect(steps.slice(1, -1).every(({ predicted = 0 }) => predicted > 0)).toBe(true);
        }
        const free = await decoded(embedded, prompt, { budget: costsOf(0) });
        expect(free.steps.length).toBeLessThan(plain.steps.length / 2);
        const dear = await decoded(embedded, prompt, { budget: costsOf(1000), opening: false });
        expect([dear.text, nodesOf(dear.steps)]).toEqual([plain.text, 0]);
        expect(dear.steps.length).toBe(plain.steps.length);
      }
    } finally {
      await embedded.dispose();
    }
  });

  it("have a fixed size where nodes are given, and no more nodes than are given with a budget", async () => {
    const fixed = await decoded(model, "The Mill", { nodes: 5 });
    expect(fixed.steps.some(({ predicted }) => predicted !== undefined)).toBe(false);
    expect(fixed.steps.slice(1, -4).every(({ draft }) => draft.tokens.length === 5)).toBe(true);
    const bound = await decoded(model, "The Mill", { nodes: 2, budget: costsOf(0) });
    expect(Math.max(...bound.steps.map(({ draft }) => draft.tokens.length))).toBeLessThanOrEqual(2);
  });

  it("refuse what is no cost model, and streams that were not measured", async () => {
    const strange = { ...costsOf(1), rows: [] };
    await expect(decoded(model, "a", { budget: strange })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      subject: "budget",
    });
    const { parallel: _, ...deferred } = costsOf(1);
    const asked = decoded(model, "a", { budget: deferred, streams: "parallel" });
    await expect(asked).rejects.toMatchObject({ code: "INVALID_ARGUMENT", subject: "streams" });
  });
});

describe("calibrating", () => {
  it.each(["lossless", "shared"] as const)(
    "measures every call of a %s adapter's steps, and leaves nothing behind",
    async (mode) => {
      const own = await load(family.model, { adapter: family[mode], threads: 1 });
      try {
        const seen: number[] = [];
        const costs = await calibrateModel(own.model, own.adapter as NonNullable<typeof own.adapter>, {
          seconds: 0.5,
          onProgress: ({ done, total, secondsLeft }) => {
            seen.push(done / total);
            expect(secondsLeft).toBeGreaterThanOrEqual(0);
          },
        });
        expect(isCostModel(JSON.parse(JSON.stringify(costs)))).toBe(true);
        expect(costs.plain !== undefined && costs.deferred !== undefined).toBe(mode === "lossless");
        expect(costs.parallel).toBeDefined();
        expect(costs.rows.length).toBeGreaterThanOrEqual(4);
        expect(seen.length).toBeGreaterThan(0);
        // A sequence left behind would be freed with the model; a new one still works.
        expect((await decoded(own, "a", { nodes: 3 })).steps.length).toBeGreaterThan(1);
      } finally {
        await own.dispose();
      }
    },
  );

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const started = calibrateModel(model.model, model.adapter as NonNullable<typeof model.adapter>, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(started).rejects.toMatchObject({ code: "ABORTED" });
    await expect(decoded(model, "a", { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("keeps what it measured, and measures anew what is damaged or about something else", async () => {
    const facts = { model: "a", threads: 1 };
    const folder = join(cache, "round-trip");
    expect(await readCosts(facts, folder)).toBeUndefined();
    expect(await writeCosts(facts, costsOf(1), folder)).toBe(true);
    expect(await readCosts(facts, folder)).toEqual(costsOf(1));
    expect(await readCosts({ ...facts, threads: 2 }, folder)).toBeUndefined();
    const file = costFile(facts, folder);
    const whole = await readFile(file, "utf8");
    for (const damaged of [
      "",
      whole.slice(0, 40),
      "[]",
      whole.replace('"rows"', '"rowz"'),
      whole.replace('"a"', '"b"'),
    ]) {
      await writeFile(file, damaged);
      expect(await readCosts(facts, folder)).toBeUndefined();
    }
    await writeCosts(facts, costsOf(2), folder);
    expect(await readCosts(facts, folder)).toEqual(costsOf(2));
    expect((await readdir(join(folder, "costs"))).filter((name) => !name.endsWith(".json"))).toEqual([]);
  });

  it("does not need a place to keep it", async () => {
    const file = join(cache, "no-folder");
    await mkdir(cache, { recursive: true });
    await writeFile(file, "");
    expect(await writeCosts({}, costsOf(1), file)).toBe(false);
  });

  it("happens once, when streams are first used, for all who wait", async () => {
    const facts = { test: "once" };
    const adapter = model.adapter as NonNullable<typeof model.adapter>;
    const costs = new MachineCosts(model.model, adapter, facts);
    const [a, b] = await Promise.all([costs.get(), costs.get()]);
    expect(a).toBe(b);
    const aborted = new MachineCosts(model.model, adapter, { test: "aborted" });
    const first = aborted.get({ signal: AbortSignal.abort() });
    const second = aborted.get();
    await expect(first).rejects.toMatchObject({ code: "ABORTED" });
    expect(isCostModel(await second)).toBe(true);
  });
});

describe("kept costs", () => {
  /** Costs whose passes take so many milliseconds, whatever their rows. */
  const flat = (milliseconds: number, mode: StreamMode): CostModel => {
    const { plain: _, deferred: __, ...rest } = costsOf(0);
    const pass = [[milliseconds, milliseconds]];
    return { ...rest, rows: [1, 32], parallel: pass, ...(mode === "lossless" && { plain: pass, deferred: [1] }) };
  };

  it.each(["lossless", "shared"] as const)(
    "serve while passes are not much faster than they say, and are measured anew when they are: %s",
    async (mode) => {
      const own = await load(family.model, { adapter: family[mode], threads: 1 });
      try {
        const adapter = own.adapter as NonNullable<typeof own.adapter>;
        const found = async (kept: CostModel): Promise<CostModel> => {
          const facts = { test: "kept", mode };
          await writeCosts(facts, kept);
          return new MachineCosts(own.model, adapter, facts).get();
        };
        expect(await found(flat(1e-6, mode))).toEqual(flat(1e-6, mode));
        const anew = await found(flat(1e6, mode));
        expect(Math.max(...(anew.parallel?.[0] ?? [1e6]))).toBeLessThan(1e5);
      } finally {
        await own.dispose();
      }
    },
  );
});

describe("anabranch calibrate", () => {
  it("prints the costs as a table, or as JSON, and keeps them", async () => {
    const where = ["calibrate", family.model, "--adapter", family.lossless, "--threads", "1"];
    const own = join(cache, "command");
    const { code, stdout } = await runCli([...where, "--json"], { env: { ANABRANCH_CACHE: own } });
    expect(code).toBe(0);
    expect(isCostModel(JSON.parse(stdout))).toBe(true);
    expect(await readdir(join(own, "costs"))).toHaveLength(1);
    const table = await runCli(where, { env: { ANABRANCH_CACHE: own } });
    expect(table.stdout).toMatch(/\| rows \| +pass at \d+ \|/);
    expect(await readdir(join(own, "costs"))).toHaveLength(1);
  });

  it("needs an adapter", async () => {
    const { code, stderr } = await runCli(["calibrate", family.model]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^UNSUPPORTED .*--adapter/s);
  });
});
