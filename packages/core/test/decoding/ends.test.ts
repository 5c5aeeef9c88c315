import { beforeAll, describe, expect, it } from "vitest";
import { type BackendModel, chainDraft, type Drafter, plainDrafter, syntheticDrafter } from "../../src/index.js";
import { cheatingDrafter, withCheatingOpening } from "../support/cheating-drafter.js";
import { checkSteps } from "../support/check-steps.js";
import { decodeAll, decodeIn } from "../support/decode-all.js";
import { tinyModel, tinySpec } from "../support/tiny-model.js";

const { vocabularySize, maxPositions } = tinySpec;
const prompt = [3, 1, 4, 1, 5];

let model: BackendModel;
/** The prompt and all that plain decoding writes after it, up to the model's last position. */
let text: readonly number[];
let drafters: Readonly<Record<string, Drafter>>;

beforeAll(async () => {
  model = await tinyModel(20);
  const { tokens } = await decodeAll(model, { prompt, maxTokens: 1000 });
  text = [...prompt, ...tokens];
  const hiding = { text, depth: 5, siblings: 2, vocabularySize, seed: 9 };
  const synthetic = { text, depth: 4, vocabularySize, seed: 9 };
  drafters = {
    none: plainDrafter,
    wrong: syntheticDrafter({ ...synthetic, acceptance: 0 }),
    right: syntheticDrafter({ ...synthetic, acceptance: 1 }),
    tree: cheatingDrafter(hiding),
    opening: withCheatingOpening(cheatingDrafter(hiding), hiding),
    "right opening": { ...plainDrafter, open: () => chainDraft(text.slice(prompt.length, prompt.length + 6)) },
  };
});

const names = ["none", "wrong", "right", "tree", "opening", "right opening"];

describe.each(names)("a text ends, drafter: %s", (name) => {
  it("at an end token, wherever in a draft it stands, and commits nothing beyond", async () => {
    for (const token of new Set(text.slice(prompt.length))) {
      const end = text.indexOf(token, prompt.length) + 1;
      const decoded = await decodeAll(model, { prompt, drafter: drafters[name], stopTokens: new Set([token]) });
      expect(decoded.tokens).toEqual(text.slice(prompt.length, end));
      expect(decoded.steps.at(-1)?.finish).toBe("stop-token");
      checkSteps(decoded, prompt.length);
    }
  });

  it("at the limit on tokens", async () => {
    for (const maxTokens of [1, 2, 3, 4, 5, 6, 7, 12]) {
      const decoded = await decodeAll(model, { prompt, drafter: drafters[name], maxTokens });
      expect(decoded.tokens).toEqual(text.slice(prompt.length, prompt.length + maxTokens));
      expect(decoded.steps.at(-1)?.finish).toBe("max-tokens");
      checkSteps(decoded, prompt.length);
    }
  });

  it("at an end token that is the last one allowed, as `stop-token`", async () => {
    const decoded = await decodeAll(model, {
      prompt,
      drafter: drafters[name],
      stopTokens: new Set([text[prompt.length + 2] as number]),
      maxTokens: 3,
    });
    expect(decoded.steps.at(-1)?.finish).toBe("stop-token");
  });

  it("at the model's last position, whose token is still issued", async () => {
    // Ever less room: the opening and the drafts no longer fit.
    for (const room of [6, 3, 1, 0]) {
      const longer = text.slice(0, maxPositions - room);
      const decoded = await decodeAll(model, { prompt: longer, drafter: drafters[name], maxTokens: 1000 });
      expect(decoded.tokens).toHaveLength(room + 1);
      expect(decoded.committed).toBe(maxPositions);
      expect(decoded.steps.at(-1)?.finish).toBe("context");
      checkSteps(decoded, longer.length);
      if (name !== "right opening") expect(decoded.tokens).toEqual(text.slice(longer.length));
    }
  });
});

it("the text that the tests end is worth ending: several different tokens, as long as the model is", () => {
  expect(text).toHaveLength(maxPositions + 1);
  expect(new Set(text.slice(prompt.length)).size).toBeGreaterThan(3);
});

it("no token is drafted that could not be emitted", async () => {
  for (const maxTokens of [1, 2, 3, 6]) {
    const { steps } = await decodeAll(model, { prompt, drafter: drafters["right opening"], maxTokens });
    expect(steps[0]?.draft.tokens.length).toBe(Math.min(6, maxTokens - 1));
  }
});

describe("what is refused before anything runs", () => {
  it.each([
    ["an empty prompt", { prompt: [] }, "INVALID_ARGUMENT", "prompt"],
    ["no tokens", { prompt, maxTokens: 0 }, "INVALID_ARGUMENT", "maxTokens"],
    ["NaN tokens", { prompt, maxTokens: Number.NaN }, "INVALID_ARGUMENT", "maxTokens"],
    ["too long a prompt", { prompt: Array(maxPositions + 1).fill(1) as number[] }, "CONTEXT_OVERFLOW", "prompt"],
  ])("%s", async (_, settings, code, subject) => {
    await expect(decodeAll(model, settings)).rejects.toMatchObject({ code, subject });
  });

  it("too long a prompt for what the sequence holds already", async () => {
    const sequence = await model.createSequence();
    await decodeIn(model, sequence, { prompt, maxTokens: 4 });
    const rest = Array(maxPositions - sequence.length + 1).fill(2) as number[];
    await expect(decodeIn(model, sequence, { prompt: rest })).rejects.toMatchObject({ code: "CONTEXT_OVERFLOW" });
    expect(sequence.length).toBe(prompt.length + 3);
  });
});
