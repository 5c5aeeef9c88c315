import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_BACKEND } from "../../src/backend/backend-choice.js";
import { runCli } from "../support/run-cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { writeTinyE2e } from "../support/tiny-data.js";
import { saveTinyFamily } from "../support/tiny-model.js";

const escapeCharacter = String.fromCharCode(27);

let folder: string;
let family: Awaited<ReturnType<typeof saveTinyFamily>>;
let lossless: string[];
let shared: string[];
let data: string[];
beforeAll(async () => {
  folder = await temporaryFolder();
  family = await saveTinyFamily(folder);
  await writeTinyE2e(folder);
  data = ["--data", folder];
  lossless = ["--model", family.model, "--adapter", family.lossless, "--threads", "1"];
  shared = ["--model", family.model, "--adapter", family.shared, "--threads", "1"];
});

const readJson = async (file: string) => JSON.parse(await readFile(file, "utf8"));

describe("anabranch evaluate", () => {
  it("writes a report and prints a table beside the paper's rows", async () => {
    const file = join(folder, "report.json");
    const how = ["--task", "e2e", "--split", "test", "--json", file, "--limit", "3", "--max-tokens", "12"];
    const { code, stdout } = await runCli(["evaluate", ...how, "--streams", "deferred", ...data, ...lossless]);
    expect(code).toBe(0);
    expect(stdout).not.toContain(escapeCharacter);
    expect(stdout).toContain("| paper");
    expect(stdout).toContain("0 sequences differ from plain decoding");
    const report = await readJson(file);
    expect(report).toMatchObject({
      examples: 3,
      tokens: 36,
      passes: expect.any(Number),
      differingSequences: 0,
      nearTies: [],
      clearDifferences: [],
      rouge1: expect.any(Number),
      rougeLsum: expect.any(Number),
      model: family.model,
      adapter: family.lossless,
      backend: DEFAULT_BACKEND,
      machine: { cores: expect.any(Number), processor: expect.any(String), node: process.versions.node },
      settings: { task: "e2e", split: "test", mode: "lossless", gamma: 3, depth: 3, streams: "deferred", limit: 3 },
    });
    expect(report.cr).toBe(36 / report.passes);
    expect(report.meanAcceptanceLength).toBeGreaterThanOrEqual(1);
    expect(report.acceptanceByPosition.length).toBeGreaterThan(0);
    expect(report.tokensPerSecond).toBeGreaterThan(0);
    expect(report.plain.tokensPerSecond).toBeGreaterThan(0);
    expect(report.speedup).toBeGreaterThan(0);
    expect(report.roofline.withFreeRows).toBe(report.meanAcceptanceLength);
    expect(report.roofline.speedup).toBeCloseTo(report.meanAcceptanceLength / report.roofline.passCost, 9);
    expect(stdout).toContain("with rows for free");
    expect(report.promptSpeeds).toHaveLength(3);
  });

  it("compares shared mode with one token a pass, streams on, and gives the speed without them", async () => {
    const file = join(folder, "shared.json");
    const how = ["--limit", "2", "--max-tokens", "8", "--top-k", "3", "--json", file];
    const { code, stdout } = await runCli(["evaluate", ...how, ...data, ...shared]);
    expect(code).toBe(0);
    expect(stdout).toContain("plain decoding without any streams");
    const report = await readJson(file);
    expect(report).toMatchObject({ differingSequences: 0, settings: { mode: "shared", gamma: 3, nodes: 39, topK: 3 } });
    expect(report.plain.tokensPerSecondWithoutStreams).toBeGreaterThan(0);
  });

  it("says what data it misses", async () => {
    const { code, stderr } = await runCli(["evaluate", "--data", join(folder, "nowhere"), ...lossless]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^IO There is no data folder .*nowhere/);
  });
});

describe("anabranch bench", () => {
  it("measures every setting of a grid that the adapter can have", async () => {
    const file = join(folder, "grid.json");
    const axes = ["--depth", "1,3,5", "--top-k", "1", "--nodes", "2,8", "--limit", "1", "--json", file];
    const { code, stdout, stderr } = await runCli(["bench", ...axes, ...data, ...lossless]);
    expect(code).toBe(0);
    const reports: { settings: Record<string, unknown> }[] = await readJson(file);
    const settings = reports.map(({ settings: { streams, depth, nodes } }) => [streams, depth, nodes]);
    const sizes = [
      [1, 1],
      [3, 2],
      [3, 3],
    ];
    expect(settings).toEqual(["parallel", "deferred"].flatMap((streams) => sizes.map((size) => [streams, ...size])));
    expect(stderr.trim().split("\n")).toHaveLength(6);
    expect(stdout.match(/^\| lossless/gm)).toHaveLength(6);
  });

  it("refuses a grid that fits no setting, and half a model", async () => {
    const none = await runCli(["bench", "--depth", "5", ...data, ...shared]);
    expect([none.code, none.stdout]).toEqual([1, ""]);
    expect(none.stderr).toMatch(/^INVALID_ARGUMENT No setting of the grid fits a shared adapter with γ = 3/);
    const half = await runCli(["bench", "--model", family.model, ...data]);
    expect(half.stderr).toMatch(/^INVALID_ARGUMENT .*both --model and --adapter/);
  });
});

describe("anabranch demo", () => {
  const facts = "name[The Mill]";

  it.each(["wasm", "onnx"])("shows both sides as plain text where there is no terminal, on %s", async (backend) => {
    const how = ["--backend", backend, "--facts", facts];
    const { code, stdout } = await runCli(["demo", ...how, ...lossless], { env: { CI: "1" } });
    expect(code).toBe(0);
    expect(stdout.split("\n")[0]).toBe(`On the ${backend} backend.`);
    expect(stdout).not.toContain(escapeCharacter);
    expect(stdout).toContain(facts);
    expect(stdout).toMatch(/Plain decoding +Speculative Streaming/);
    expect(stdout).toMatch(/The same words: \d+ passes in place of \d+, [\d.]+ times as fast/);
  });

  it("gives both recordings as JSON", async () => {
    const { code, stdout, stderr } = await runCli(["demo", "--json", "--facts", facts, ...lossless]);
    expect([code, stderr]).toEqual([0, ""]);
    const { plain, streams, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({ facts, backend: DEFAULT_BACKEND });
    expect(streams.tokens).toEqual(plain.tokens);
    expect(plain.passes).toHaveLength(plain.tokens.length);
    const text = (side: typeof plain) =>
      side.passes.flatMap((pass: { pieces: { text: string }[] }) => pass.pieces.map((piece) => piece.text)).join("");
    expect(text(streams)).toBe(text(plain));
  });

  it("needs an adapter to have something to show", async () => {
    const { code, stderr } = await runCli(["demo", "--model", family.model]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^UNSUPPORTED /);
  });
});
