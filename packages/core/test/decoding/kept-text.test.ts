import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AdapterHandle,
  type BackendModel,
  type Drafter,
  KeptText,
  type PassRequest,
  plainDrafter,
  type StreamMode,
  streamDrafter,
} from "../../src/index.js";
import { decodeAll } from "../support/decode-all.js";
import { tinyAdapter, tinyModel, tinySpec } from "../support/tiny-model.js";

const { vocabularySize } = tinySpec;
const limit = { nodes: 6, topK: 2 };

/** A prompt begins with some tokens of the text before, and goes on with others. */
const turns = fc.array(
  fc.record({
    kept: fc.nat(20),
    more: fc.array(fc.nat(vocabularySize - 1), { minLength: 1, maxLength: 5 }),
    maxTokens: fc.integer({ min: 1, max: 6 }),
    stop: fc.option(fc.nat(5), { nil: undefined }),
  }),
  { minLength: 2, maxLength: 4 },
);

const cases: readonly [string, StreamMode | undefined, (adapter: AdapterHandle) => Drafter][] = [
  ["without an adapter", undefined, () => plainDrafter],
  ["lossless, deferred", "lossless", (adapter) => streamDrafter({ adapter, limit, timing: "deferred" })],
  ["lossless, parallel", "lossless", (adapter) => streamDrafter({ adapter, limit, timing: "parallel" })],
  ["shared", "shared", (adapter) => streamDrafter({ adapter, limit, timing: "parallel" })],
];

/** The model, and how many rows have run in it. */
function counting(model: BackendModel): { model: BackendModel; rows: () => number } {
  let rows = 0;
  const counted = new Proxy(model, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== "function") return value;
      if (member === "pass") return counts(target.pass.bind(target));
      return value.bind(target);
    },
  });
  const counts = (pass: BackendModel["pass"]) => (requests: readonly PassRequest[]) => {
    rows += requests.reduce((sum, request) => sum + request.rows.length, 0);
    return pass(requests);
  };
  return { model: counted, rows: () => rows };
}

async function emitted(kept: KeptText, options: Parameters<KeptText["decode"]>[0]): Promise<number[]> {
  const tokens: number[] = [];
  for await (const step of kept.decode(options)) tokens.push(...step.tokens);
  return tokens;
}

describe("KeptText", () => {
  it.each(cases)("decodes each text as if it began from nothing, %s", async (_, mode, makeDrafter) => {
    const property = fc.asyncProperty(fc.nat(), turns, async (seed, list) => {
      const model = await tinyModel(seed);
      const adapter = mode === undefined ? undefined : await model.attach(tinyAdapter(seed, mode));
      const drafter = adapter === undefined ? plainDrafter : makeDrafter(adapter);
      const kept = new KeptText(model, adapter);
      let text: readonly number[] = [];
      for (const turn of list) {
        const prompt = [...text.slice(0, Math.min(turn.kept, 20)), ...turn.more];
        const settings = { prompt, drafter, maxTokens: turn.maxTokens };
        const plain = await decodeAll(model, { ...settings, ...(adapter && { adapter }) });
        const stop = turn.stop === undefined ? undefined : plain.tokens[turn.stop];
        const stopTokens = new Set(stop === undefined ? [] : [stop]);
        const end = stop === undefined ? plain.tokens.length : plain.tokens.indexOf(stop) + 1;
        const tokens = await emitted(kept, { ...settings, stopTokens });
        expect(tokens).toEqual(plain.tokens.slice(0, end));
        text = [...prompt, ...tokens];
        expect(kept.tokens).toEqual(text.slice(0, -1));
      }
      await model.dispose();
    });
    await fc.assert(property, { numRuns: 8 });
  });

  it("runs only what is new", async () => {
    const { model, rows } = counting(await tinyModel(5));
    const kept = new KeptText(model);
    const prompt = [1, 2, 3, 4];
    const tokens = await emitted(kept, { prompt, maxTokens: 4 });
    expect(rows()).toBe(prompt.length + 3);
    const next = [...prompt, ...tokens, 7, 8];
    expect(kept.reusable(next)).toBe(prompt.length + 3);
    await emitted(kept, { prompt: next, maxTokens: 1 });
    expect(rows()).toBe(prompt.length + 3 + 3);
    // The same prompt again: its last token has to run, to say what comes next.
    await emitted(kept, { prompt: next, maxTokens: 1 });
    expect(rows()).toBe(prompt.length + 3 + 3 + 1);
  });

  it("keeps a shared-mode adapter's prompts, and none of the rows that streams ran beside", async () => {
    const model = await tinyModel(5);
    const kept = new KeptText(model, await model.attach(tinyAdapter(5, "shared")));
    const prompt = [1, 2, 3, 4];
    const tokens = await emitted(kept, { prompt, maxTokens: 4 });
    expect(kept.reusable([...prompt, ...tokens, 7])).toBe(prompt.length - 1);
  });

  it("keeps what was computed when it is left early, and nothing after a failure", async () => {
    const model = await tinyModel(5);
    const kept = new KeptText(model);
    const prompt = [1, 2, 3, 4];
    const plain = await decodeAll(model, { prompt, maxTokens: 6 });
    for await (const { tokens } of kept.decode({ prompt, maxTokens: 6 })) {
      expect(tokens).toEqual(plain.tokens.slice(0, 1));
      break;
    }
    expect(kept.tokens).toEqual(prompt);
    await expect(emitted(kept, { prompt: [...prompt, vocabularySize] })).rejects.toMatchObject({
      code: "UNKNOWN_TOKEN",
    });
    expect(kept.tokens).toEqual([]);
    expect(await emitted(kept, { prompt, maxTokens: 6 })).toEqual(plain.tokens);
    await kept.dispose();
    expect(kept.tokens).toEqual([]);
  });

  it("tells a drafter the whole text", async () => {
    const model = await tinyModel(5);
    const kept = new KeptText(model);
    const first = await emitted(kept, { prompt: [1, 2], maxTokens: 3 });
    const prompt = [1, 2, ...first, 9];
    const seen: (readonly number[])[] = [];
    const drafter: Drafter = {
      ...plainDrafter,
      open(tokens) {
        seen.push(tokens.slice());
        return { tokens: [], parents: [], logProbs: [] };
      },
      draft(context) {
        seen.push(context.tokens.slice());
        return plainDrafter.draft(context);
      },
    };
    await emitted(kept, { prompt, maxTokens: 3, drafter });
    expect(seen.map((tokens) => tokens.slice(0, prompt.length))).toEqual(seen.map(() => prompt));
    expect(seen[0]).toHaveLength(prompt.length);
  });
});
