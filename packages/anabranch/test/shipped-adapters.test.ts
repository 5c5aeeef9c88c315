import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as e2e from "@anabranch/adapter-smollm2-135m-e2e";
import * as instruct from "@anabranch/adapter-smollm2-135m-instruct";
import * as sql from "@anabranch/adapter-smollm2-135m-sql";
import { isLora, loadAdapter, loadModel } from "@anabranch/checkpoints";
import { describe, expect, it } from "vitest";
import { load } from "../src/index.js";
import { promptTokens } from "../src/tasks/prompt-tokens.js";
import { absent, sharedPath } from "./support/shared.js";

const base = sharedPath("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf");

interface Shipped {
  readonly name: string;
  readonly adapter: URL;
  /** A fine-tune that the streams belong to. */
  readonly lora?: URL;
  /** Whose data it learned from, under which licences. */
  readonly card: readonly RegExp[];
  readonly framing: { readonly chat?: boolean; readonly system?: string };
  readonly prompt: string;
}

const shipped: readonly Shipped[] = [
  {
    ...{ name: "instruct", adapter: instruct.adapter },
    card: [/GSM8K/, /GPTeacher/, /Self-Instruct/, /MIT/, /Apache-2\.0/],
    ...{ framing: { chat: true }, prompt: "Why is the sky blue?" },
  },
  {
    ...{ name: "sql", adapter: sql.adapter, lora: sql.lora },
    card: [/WikiSQL/, /BSD-3/],
    framing: { system: "Answer with one SQL query." },
    prompt: "CREATE TABLE pubs (name VARCHAR, city VARCHAR)\nWhich pubs are in Cambridge?",
  },
  {
    ...{ name: "e2e", adapter: e2e.adapter, lora: e2e.lora },
    card: [/E2E/, /CC BY-SA 4\.0/],
    framing: { system: "Write about the restaurant in one or two sentences." },
    prompt: "name[The Mill], eatType[pub], food[French], area[riverside]",
  },
];

describe.each(shipped)("the adapter for $name", ({ adapter, lora, card, framing, prompt }) => {
  const folders = [adapter, ...(lora === undefined ? [] : [lora])].map((url) => fileURLToPath(url));

  it("has lossless streams with a Markov head and a draft vocabulary, for one base", async () => {
    const { adapter: streams } = await loadAdapter(folders[0] as string);
    expect(streams.streams).toMatchObject({ mode: "lossless", markov: { kind: "rnn" } });
    expect(streams.streams.gamma).toBeGreaterThanOrEqual(5);
    expect(streams.draftVocabulary?.length).toBeGreaterThan(1024);
    expect(streams.baseFingerprint).toMatch(/^[0-9a-f]{64}$/);
    for (const folder of folders.slice(1)) expect(await isLora(folder)).toBe(true);
  });

  it("is 6 MB at most, two files a folder", async () => {
    let bytes = 0;
    for (const folder of folders) {
      const files = await readdir(folder);
      expect(files.sort()).toEqual(["adapter_config.json", "adapter_model.safetensors"]);
      for (const file of files) bytes += (await stat(join(folder, file))).size;
    }
    expect(bytes).toBeLessThanOrEqual(6e6);
  });

  it("has a model card with data, licences, command and seed", async () => {
    const text = await readFile(join(folders[0] as string, "../README.md"), "utf8");
    for (const part of [...card, /anabranch train/, /--seed/]) expect(text).toMatch(part);
  });

  it.skipIf(absent(base) !== "")(`drafts what its model says, and belongs to no other${absent(base)}`, async () => {
    const model = await load(base, { adapter, ...(lora && { lora }), threads: 2 });
    try {
      const tokens = promptTokens(framing, model.tokenizer, model.name)(prompt);
      const steps: number[] = [];
      const options = {
        maxTokens: 48,
        onStep: ({ tokens: { length } }: { tokens: readonly number[] }) => void steps.push(length),
      };
      const text = await model.generate(tokens, { ...options, nodes: 8 }).text();
      expect(steps.length).toBeLessThan(0.8 * steps.reduce((sum, length) => sum + length, 0));
      expect(await model.generate(tokens, { maxTokens: 48, drafter: "none" }).text()).toBe(text);
    } finally {
      await model.dispose();
    }
    const { weights } = await loadModel(base);
    const wrong = { ...weights, spec: { ...weights.spec, rope: { theta: 10_000 } } };
    await expect(loadAdapter(folders[0] as string, { base: wrong })).rejects.toMatchObject({
      code: "WRONG_BASE_MODEL",
    });
  });
});
