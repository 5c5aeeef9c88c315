import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadAdapter } from "@anabranch/checkpoints";
import { parseFirstGuesses } from "@anabranch/core";
import { beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { writeTinyE2e } from "../support/tiny-data.js";

const facts = "name[Aromi], food[Thai], area[riverside]";

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeTinyE2e(folder);
});

/** A run of some dozen steps on the made-up data. */
function train(out: string, ...more: string[]): string[] {
  const size = ["--size", "tiny", "--vocabulary", "400", "--batch-rows", "250", "--threads", "1", "--json"];
  return ["train", "--data", folder, "--out", join(folder, out), ...size, ...more];
}

describe("anabranch train", () => {
  it("is stopped by Ctrl-C, goes on with --resume, and ends with the weights of a run that was not", async () => {
    const how = ["--mode", "shared", "--gamma", "2", "--msa-layers", "1", "--epochs", "12", "--learning-rate", "0.003"];
    const whole = await runCli(train("whole", ...how));
    expect([whole.code, whole.stderr]).toEqual([0, expect.not.stringContaining("INTERNAL")]);
    const lines = whole.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const { steps } = lines[0];
    expect(steps).toBeGreaterThan(12);
    expect(lines).toHaveLength(steps + 1);
    expect(lines.at(-1)).toMatchObject({
      out: join(folder, "whole"),
      steps,
      heldOut: { acceptance: expect.any(Number) },
    });
    expect(lines.at(-2).loss).toBeLessThan(lines[0].loss);

    let told = 0;
    const stopped = await runCli(train("parts", ...how), {
      onLine: (_, child) => void (++told === 3 && child.kill("SIGINT")),
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stdout.trim().split("\n").length).toBeLessThan(steps);
    expect(JSON.parse(stopped.stderr.trim().split("\n").at(-1) ?? "")).toMatchObject({ error: { code: "ABORTED" } });
    expect(existsSync(join(folder, "parts/checkpoint/last.safetensors"))).toBe(true);
    expect(existsSync(join(folder, "parts/model.safetensors"))).toBe(false);

    const resumed = await runCli(train("parts", ...how, "--resume"));
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout.split("\n")[0] ?? "").step).toBeGreaterThan(3);
    for (const file of ["tokenizer.json", "model.safetensors", "adapter/adapter_model.safetensors"]) {
      const [one, other] = await Promise.all(["whole", "parts"].map((name) => readFile(join(folder, name, file))));
      expect(one?.equals(other as Buffer), file).toBe(true);
    }

    const model = ["--model", join(folder, "parts"), "--adapter", join(folder, "parts/adapter")];
    const text = await runCli(["generate", facts, "--max-tokens", "40", ...model]);
    expect(text.code).toBe(0);
    expect(text.stdout.trim()).not.toBe("");
  });

  it("adds lossless streams to a model, which keeps its words", async () => {
    expect((await runCli(train("base", "--mode", "next-token", "--epochs", "2"))).code).toBe(0);
    const base = join(folder, "base");
    const own = ["--base", base, "--self", "--answer-tokens", "24", "--msa-layers", "1"];
    const shape = ["--gamma", "2", "--rank", "2", "--start-rank", "2", "--markov", "rnn", "--markov-rank", "4"];
    const words = ["--draft-tokens", "120", "--sampled-tokens", "40", "--stream-weight", "1,0.5"];
    expect(await runCli(train("streams", "--mode", "lossless", ...own, ...shape, ...words))).toMatchObject({ code: 0 });
    const more = ["--mode", "lossless", "--from", join(folder, "streams"), "--gamma", "3", "--epochs", "2"];
    expect(await runCli(train("more", ...own, ...more))).toMatchObject({ code: 0 });
    const exit = ["--mode", "pruning", "--from", join(folder, "more"), "--prune-rank", "2", "--prune-threshold", "0.1"];
    expect(await runCli(train("pruning", ...own, ...exit))).toMatchObject({ code: 0 });

    const { adapter, calibration } = await loadAdapter(join(folder, "pruning"));
    expect(adapter.streams).toMatchObject({
      gamma: 3, // 2 and one more; and 3 still where training goes on without a word about it
      initialisationRank: 2,
      markov: { kind: "rnn", rank: 4 },
      pruning: { rank: 2, threshold: 0.1 },
    });
    expect(adapter.draftVocabulary).toHaveLength(120);
    const { firstGuesses } = calibration as { firstGuesses: unknown };
    const { usual, tokens } = parseFirstGuesses(firstGuesses, "the adapter");
    expect(usual).toBeGreaterThan(0);
    expect(tokens.length).toBeGreaterThan(0);
    const generate = ["generate", facts, "--max-tokens", "20", "--model", base];
    const plain = await runCli(generate);
    for (const name of ["streams", "pruning"]) {
      const streamed = await runCli([...generate, "--adapter", join(folder, name), "--streams", "deferred"]);
      expect([plain.code, streamed.code]).toEqual([0, 0]);
      expect(streamed.stdout).toBe(plain.stdout);
    }
  });

  it("rotates values where it is asked to, in place of stream embeddings", async () => {
    const how = ["--mode", "shared", "--gamma", "2", "--msa-layers", "1", "--value-rotation", "0.2"];
    expect(await runCli(train("rotated", ...how))).toMatchObject({ code: 0 });
    const { adapter } = await loadAdapter(join(folder, "rotated/adapter"));
    expect(adapter.streams.valueRotation).toBe(0.2);
    expect([...adapter.tensors.keys()]).not.toContain("streams.embedding");
  });

  it("refuses lossless streams without a model to add them to", async () => {
    const { code, stderr } = await runCli(train("none", "--mode", "lossless"));
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "INVALID_ARGUMENT", subject: "base" } });
  });
});
