import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadModel, saveAdapter } from "@anabranch/checkpoints";
import type { EvaluationReport } from "@anabranch/evaluation";
import { initialAdapter } from "@anabranch/training";
import { beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { writeTinyE2e } from "../support/tiny-data.js";
import { saveTinyFamily } from "../support/tiny-model.js";

let folder: string;
let family: Awaited<ReturnType<typeof saveTinyFamily>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeTinyE2e(folder);
  family = await saveTinyFamily(folder);
});

const bench = (...more: string[]) =>
  runCli(["bench", "streams", "--data", folder, "--threads", "1", "--rounds", "1", ...more]);

const readReports = async (file: string): Promise<EvaluationReport[]> => JSON.parse(await readFile(file, "utf8"));

/** The cells of each row below the titles. */
function cells(stdout: string): string[][] {
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return [lines[0] ?? [], ...lines.slice(2)];
}

describe("anabranch bench streams", () => {
  it("prints the embedded model's table, of what the reports say", async () => {
    const file = join(folder, "embedded.json");
    const axes = ["--k", "1..2", "--gamma", "1,3", "--streams", "deferred,parallel"];
    const { code, stdout, stderr } = await bench(...axes, "--limit", "2", "--max-tokens", "24", "--json", file);
    expect([code, stderr.includes("INTERNAL")]).toEqual([0, false]);
    const [titles, ...rows] = cells(stdout);
    expect(titles).toEqual([
      ...["streams", "γ", "k", "nodes", "CR", "acceptance by position"],
      ...["tokens/s", "plain tokens/s", "speed-up", "differ"],
    ]);
    const reports = await readReports(file);
    expect(rows.map((row) => row.slice(0, 4).join(" "))).toEqual([
      ...["parallel 1 1 1", "parallel 1 2 2", "parallel 3 1 3", "parallel 3 2 14"],
      ...["deferred 1 1 1", "deferred 1 2 2", "deferred 3 1 3", "deferred 3 2 14"],
    ]);
    for (const [index, report] of reports.entries()) {
      const { cr, acceptanceByPosition, tokensPerSecond, plain, speedup, settings } = report;
      expect(rows[index]?.slice(4)).toEqual([
        cr.toFixed(2),
        acceptanceByPosition.map((share) => share.toFixed(2)).join(" "),
        ...[tokensPerSecond.toFixed(1), plain.tokensPerSecond.toFixed(1), speedup.toFixed(2), "0"],
      ]);
      // γ limits the levels: no pass gives more than the streams that drafted and the token of its own.
      expect(acceptanceByPosition.length).toBeLessThanOrEqual(settings.gamma);
      expect(cr).toBeGreaterThan(1);
      expect(cr).toBeLessThanOrEqual(1 + settings.gamma);
    }
  });

  it("measures the Markov head and the pruning adapter against being without", async () => {
    const { weights } = await loadModel(family.model);
    const streams = {
      ...({ mode: "lossless", gamma: 2, msaLayers: 1 } as const),
      markov: { kind: "rnn", rank: 2, tokenScale: 5 } as const,
      pruning: { rank: 2, threshold: 0.9 },
    };
    const tensors = initialAdapter(weights.spec, streams, 1);
    // At its start the head adds nothing.
    for (const [name, { data }] of tensors) {
      if (/markov_b/.test(name)) for (let at = 0; at < data.length; at++) data[at] = Math.sin(at);
    }
    const adapter = join(folder, "headed");
    await saveAdapter(adapter, { streams, tensors }, { format: "f32" });
    const file = join(folder, "headed.json");
    const axes = ["--k", "2", "--gamma", "2", "--streams", "parallel", "--limit", "1", "--max-tokens", "12"];
    const { code, stdout, stderr } = await bench(
      ...axes,
      "--model",
      family.model,
      "--adapter",
      adapter,
      "--json",
      file,
    );
    expect([code, stderr.includes("INTERNAL")]).toEqual([0, false]);
    const [titles, ...rows] = cells(stdout);
    expect(titles?.slice(4, 6)).toEqual(["Markov head", "pruning"]);
    expect(rows.map((row) => row.slice(4, 6).join(" "))).toEqual(["on on", "on off", "off on", "off off"]);
    const reports = await readReports(file);
    expect(reports.map(({ settings }) => [settings["markov"], settings["prune"]])).toEqual([
      [true, 0.9],
      [true, false],
      [false, 0.9],
      [false, false],
    ]);
    expect(reports.map(({ differingSequences }) => differingSequences)).toEqual([0, 0, 0, 0]);
  });

  it("refuses a list that is none, and a model without streams", async () => {
    expect(await bench("--k", "4..1")).toMatchObject({ code: 2, stdout: "" });
    const none = await bench("--model", family.model);
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/UNSUPPORTED .*without a stream adapter/);
  });
});
