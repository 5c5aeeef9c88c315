import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isLora, loadAdapter, loadModel } from "@anabranch/checkpoints";
import { beforeAll, describe, expect, it } from "vitest";
import { writeChatTemplate } from "../support/chat-template.js";
import { runCli } from "../support/run-cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { writeTinyE2e } from "../support/tiny-data.js";
import { saveTinyModel } from "../support/tiny-model.js";

const facts = "name[Aromi], food[Thai], area[riverside]";
const streams = ["--gamma", "2", "--msa-layers", "1", "--rank", "2"];

let folder: string;
let base: string;
let before: Buffer;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeTinyE2e(folder);
  base = at("base");
  await saveTinyModel(base, 1, 512);
  await writeChatTemplate(base);
  before = await readFile(join(base, "model.safetensors"));
});

function train(out: string, ...more: string[]) {
  const size = ["--batch-rows", "2000", "--threads", "1", "--json", "--limit", "40"];
  return runCli(["train", "--data", folder, "--out", at(out), "--base", base, ...size, ...more]);
}

async function written(...more: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(["generate", facts, "--max-tokens", "12", "--model", base, ...more]);
  expect([code, stderr.includes("INTERNAL")]).toEqual([0, false]);
  return stdout;
}

describe("anabranch train --lora", () => {
  it("teaches a base model by a plain LoRA, on which lossless streams go, trained on its own answers", async () => {
    const plain = ["--mode", "next-token", "--lora", "--rank", "2", "--epochs", "6", "--learning-rate", "0.05"];
    expect(await train("lora", ...plain)).toMatchObject({ code: 0 });
    expect(await isLora(at("lora"))).toBe(true);
    expect(existsSync(at("lora/model.safetensors"))).toBe(false);
    expect(await readFile(join(base, "model.safetensors"))).toEqual(before);

    const above = ["--mode", "lossless", "--base-lora", at("lora"), "--self", "--answer-tokens", "8", ...streams];
    expect(await train("streams", ...above)).toMatchObject({ code: 0 });
    const tuned = await written("--adapter", at("lora"));
    expect(tuned).not.toBe(await written());
    const drafted = await written("--lora", at("lora"), "--adapter", at("streams"), "--streams", "deferred");
    expect(drafted).toBe(tuned);
    const answers = await readFile(at("streams/self-train.jsonl"), "utf8");
    expect(answers.trim().split("\n").length).toBeGreaterThan(20);
  });

  it("learns what an earlier training's answers did not teach, and counts phrases in both", async () => {
    const how = ["--mode", "lossless", "--self", "--answer-tokens", "8"];
    expect(await train("first", ...how, ...streams)).toMatchObject({ code: 0 });
    const onward = [...how, "--from", at("first"), "--limit", "60"];
    expect(await train("second", ...onward, "--learned", at("first"))).toMatchObject({ code: 0 });
    const prompts = async (run: string, part: string): Promise<string[]> =>
      (await readFile(at(`${run}/self-${part}.jsonl`), "utf8"))
        .trim()
        .split("\n")
        .map((line) => String(JSON.parse(line).prompt));
    const learned = await prompts("first", "train");
    const fresh = [...(await prompts("second", "train")), ...(await prompts("second", "held-out"))];
    expect(fresh.length).toBe(60 - learned.length);
    expect(fresh.filter((prompt) => learned.includes(prompt))).toEqual([]);

    const nothing = await train("third", ...onward, "--learned", at("nowhere"));
    expect(nothing.code).toBe(1);
    expect(JSON.parse(nothing.stderr.trim().split("\n").at(-1) ?? "")).toMatchObject({
      error: { code: "INVALID_ARGUMENT", subject: "learned" },
    });
  });

  it("teaches main stream and streams together, and writes the adapter alone, for that base", async () => {
    const how = ["--mode", "shared", "--lora", "--markov", "rnn", "--markov-rank", "2", "--draft-tokens", "100"];
    expect(await train("shared", ...how, ...streams, "--answer-tokens", "8")).toMatchObject({ code: 0 });
    expect(existsSync(at("shared/model.safetensors"))).toBe(false);
    expect(await readFile(join(base, "model.safetensors"))).toEqual(before);
    const { weights } = await loadModel(base);
    const { adapter } = await loadAdapter(at("shared"), { base: weights });
    expect(adapter.streams).toMatchObject({ mode: "shared", gamma: 2, markov: { kind: "rnn", rank: 2 } });
    expect(adapter.streams.lora?.layers).toEqual(Array.from({ length: weights.spec.layers }, (_, layer) => layer));
    expect(adapter.draftVocabulary).toHaveLength(100);
    expect((await written("--adapter", at("shared"))).length).toBeGreaterThan(0);
  });

  it("refuses what makes no sense", async () => {
    const subjects = [
      [["--mode", "lossless", "--lora"], "lora"],
      [["--mode", "shared", "--draft-tokens", "100", ...streams], "draftVocabulary"],
    ] as const;
    for (const [how, subject] of subjects) {
      const { code, stderr } = await train("wrong", ...how);
      expect(code).toBe(1);
      expect(JSON.parse(stderr.trim().split("\n").at(-1) ?? "")).toMatchObject({
        error: { code: "INVALID_ARGUMENT", subject },
      });
    }
    const none = await runCli(["train", "--data", folder, "--out", at("none"), "--lora", "--json"]);
    expect(JSON.parse(none.stderr)).toMatchObject({ error: { code: "INVALID_ARGUMENT", subject: "base" } });
    const twice = await runCli(["generate", facts, "--model", base, "--adapter", at("lora"), "--lora", at("lora")]);
    expect(twice.stderr).toMatch(/^INVALID_ARGUMENT Two LoRAs/);
  });
});
