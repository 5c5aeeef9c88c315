import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LanguageModel, load } from "../src/index.js";
import { absent, sharedPath } from "./support/shared.js";

interface Reference {
  readonly text: string;
  readonly ids: readonly number[];
  readonly greedy: readonly number[];
  /** Best minus second logit at each greedy token. */
  readonly greedy_gap: readonly number[];
  readonly greedy_text: string;
}

const folder = sharedPath("models", "stories260K-hf");
const reason = absent(folder);
const nearTie = 1e-3;

describe.skipIf(reason !== "")(`stories260K, a trained model from Hugging Face${reason}`, () => {
  let model: LanguageModel;
  let references: readonly Reference[];
  beforeAll(async () => {
    model = await load(folder, { threads: 1, weights: "float32" });
    references = JSON.parse(await readFile(sharedPath("models", "stories260K-hf", "reference.json"), "utf8"));
  });
  afterAll(() => model?.dispose());

  it.each([0, 1, 2, 3])("writes what transformers writes, text %i", async (index) => {
    const { text, ids, greedy, greedy_gap, greedy_text } = references[index] as Reference;
    let written = "";
    const tokens: number[] = [];
    for await (const piece of model.generate(text, { maxTokens: greedy.length })) {
      written += piece.text;
      if (piece.token !== undefined) tokens.push(piece.token);
    }
    expect(model.tokenizer.encode(text)).toEqual(ids);
    const certain = greedy_gap.findIndex((gap) => gap < nearTie);
    const compared = certain === -1 ? greedy.length : certain;
    expect(tokens.slice(0, compared)).toEqual(greedy.slice(0, compared));
    // Prompt and pieces are the whole text: the space between them is there, which transformers drops from greedy_text.
    const whole = model.tokenizer.decode([...ids, ...tokens], { skipSpecialTokens: true });
    expect(text + written).toBe(whole);
    if (compared === greedy.length) expect(written.trimStart()).toBe(greedy_text);
  });
});
