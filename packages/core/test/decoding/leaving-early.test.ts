import { beforeEach, describe, expect, it } from "vitest";
import {
  type AdapterHandle,
  type BackendModel,
  COMMITTED,
  type Drafter,
  decode,
  type Sequence,
  type Step,
  streamDrafter,
  syntheticDrafter,
} from "../../src/index.js";
import { decodeAll, decodeIn, withMaxRows } from "../support/decode-all.js";
import { tinyAdapter, tinyModel, tinySpec } from "../support/tiny-model.js";

const prompt = [2, 7, 1, 8, 2, 8];
const maxTokens = 12;

let model: BackendModel;
let adapter: AdapterHandle;
let sequence: Sequence;
/** What plain decoding writes after the prompt. */
let whole: readonly number[];

beforeEach(async () => {
  model = await tinyModel(31);
  adapter = await model.attach(tinyAdapter(31, "lossless"));
  sequence = await model.createSequence({ adapter });
  whole = (await decodeAll(model, { prompt, maxTokens })).tokens;
});

/** Half right, so that steps emit several tokens. */
function knowing(): Drafter {
  const { vocabularySize } = tinySpec;
  const text = [...prompt, ...whole];
  return syntheticDrafter({ text, acceptance: 0.6, depth: 3, vocabularySize, seed: 2 });
}

/** The sequence holds the prompt and the emitted tokens but the last, and goes on to the text it would have had. */
async function expectUsable(emitted: readonly number[]): Promise<void> {
  expect(emitted).toEqual(whole.slice(0, emitted.length));
  expect(sequence.length).toBe(prompt.length + emitted.length - 1);
  const last = emitted.at(-1) as number;
  const rest = await decodeIn(model, sequence, { prompt: [last], maxTokens: maxTokens - emitted.length });
  expect([...emitted, ...rest.tokens]).toEqual(whole);
}

describe("aborting", () => {
  it.each([1, 2, 3])("between steps, after %i of them", async (count) => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const steps: Step[] = [];
    const run = async (): Promise<void> => {
      const options = { model, sequence, prompt, maxTokens, drafter: knowing(), signal: controller.signal };
      for await (const step of decode(options)) {
        if (steps.push(step) === count) controller.abort(reason);
      }
    };
    await expect(run()).rejects.toMatchObject({ code: "ABORTED", cause: reason });
    expect(steps).toHaveLength(count);
    await expectUsable(steps.flatMap((step) => step.tokens));
  });

  it.each(["pass", "streams", "draft"] as const)(
    "while a step is in `%s`: it emits and commits nothing",
    async (name) => {
      const controller = new AbortController();
      const steps: Step[] = [];
      const firing: BackendModel = new Proxy(model, {
        get(target, member) {
          const value: unknown = Reflect.get(target, member, target);
          if (typeof value !== "function") return value;
          if (member === name && steps.length === 2) controller.abort();
          return value.bind(target);
        },
      });
      const run = async (): Promise<void> => {
        const drafter = streamDrafter({ adapter, limit: { nodes: 4, topK: 2 }, timing: "deferred" });
        const options = { model: firing, sequence, prompt, maxTokens, drafter, signal: controller.signal };
        for await (const step of decode(options)) steps.push(step);
      };
      await expect(run()).rejects.toMatchObject({ code: "ABORTED" });
      expect(steps).toHaveLength(2);
      await expectUsable(steps.flatMap((step) => step.tokens));
    },
  );

  it("before the first step: nothing runs", async () => {
    const signal = AbortSignal.abort();
    await expect(decodeIn(model, sequence, { prompt, signal })).rejects.toMatchObject({ code: "ABORTED" });
    expect(sequence.length).toBe(0);
  });

  it("between chunks of a long prompt: those that ran are committed", async () => {
    const controller = new AbortController();
    const narrow = withMaxRows(model, 2);
    const firing = new Proxy(narrow, {
      get(target, member) {
        if (member === "commit") controller.abort();
        return Reflect.get(target, member) as unknown;
      },
    });
    const decoding = decodeIn(firing, sequence, { prompt, maxTokens, signal: controller.signal });
    await expect(decoding).rejects.toMatchObject({ code: "ABORTED" });
    expect(sequence.length).toBe(2);
    expect((await decodeIn(model, sequence, { prompt: prompt.slice(2), maxTokens })).tokens).toEqual(whole);
  });
});

describe("leaving the loop", () => {
  it.each([1, 2, 4])("after %i steps leaves the sequence usable", async (count) => {
    const emitted: number[] = [];
    let steps = 0;
    for await (const { tokens } of decode({ model, sequence, prompt, maxTokens, drafter: knowing() })) {
      emitted.push(...tokens);
      if (++steps === count) break;
    }
    await expectUsable(emitted);
  });

  it("by a drafter that throws, too", async () => {
    const emitted: number[] = [];
    const failing: Drafter = {
      name: "failing",
      streamsInPass: false,
      draft: async ({ tokens }) => {
        if (tokens.length > prompt.length + 2) throw new Error("no idea");
        return knowing().draft({ tokens, depth: 2 } as Parameters<Drafter["draft"]>[0]);
      },
    };
    const run = async (): Promise<void> => {
      for await (const { tokens } of decode({ model, sequence, prompt, maxTokens, drafter: failing }))
        emitted.push(...tokens);
    };
    await expect(run()).rejects.toThrow("no idea");
    await expectUsable(emitted);
  });

  it("rows of a pass of one's own between steps do not disturb the text", async () => {
    const emitted: number[] = [];
    for await (const { tokens, bonus } of decode({ model, sequence, prompt, maxTokens, drafter: knowing() })) {
      emitted.push(...tokens);
      await model.pass([{ sequence, rows: [{ token: bonus, parent: COMMITTED }] }]);
    }
    expect(emitted).toEqual(whole);
  });
});
