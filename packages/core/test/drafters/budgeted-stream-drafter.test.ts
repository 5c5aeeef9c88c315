import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BackendModel,
  budgetedStreamDrafter,
  type CostModel,
  type DraftTree,
  Outlook,
  type SequenceLookups,
  type Step,
  TrackRecord,
} from "../../src/index.js";
import { decodeAll } from "../support/decode-all.js";
import { type SimulatedOptions, simulatedAdapter, simulatedCosts, simulateText } from "../support/simulated-text.js";
import { tinyAdapter, tinyModel } from "../support/tiny-model.js";

const limit = { nodes: 31, topK: 8 };
/** Per cent that a text may lose. */
const MOST_LOST = 0.03;

const drafterOf = (costs: CostModel, timing: "parallel" | "deferred", record = new TrackRecord()) =>
  budgetedStreamDrafter({ adapter: simulatedAdapter, timing, limit, costs, record });

const prices = fc.record({
  rows: fc.double({ min: 0, max: 8, noNaN: true }),
  drafting: fc.double({ min: 0, max: 9, noNaN: true }),
  promised: fc.double({ min: 0.02, max: 0.98, noNaN: true }),
  timing: fc.constantFrom("parallel" as const, "deferred" as const),
});

describe("a drafter with a budget", () => {
  it("loses no more than 3% where no draft is ever right, whatever drafts cost and promise", async () => {
    await fc.assert(
      fc.asyncProperty(prices, async ({ rows, drafting, promised, timing }) => {
        const costs = simulatedCosts(rows, drafting);
        const record = new TrackRecord();
        for (let seed = 1; seed <= 3; seed++) {
          const drafter = drafterOf(costs, timing, record);
          const text = { drafter, timing, costs, tokens: 128, acceptance: () => 0, promised, seed };
          expect((await simulateText(text)).ratio).toBeGreaterThan(1 - MOST_LOST);
        }
      }),
    );
  });

  it("loses no more where words are drafted besides that are never right either", async () => {
    await fc.assert(
      fc.asyncProperty(prices, async ({ rows, drafting, promised }) => {
        const costs = simulatedCosts(rows, drafting);
        const record = new TrackRecord();
        const chain = { tokens: [1, 2, 3], parents: [-1, 0, 1], logProbs: [-0.1, -0.1, -0.1] };
        const lookups = { kinds: ["phrases"], draft: () => chain, unite: (_: unknown, draft: DraftTree) => draft };
        for (let seed = 1; seed <= 3; seed++) {
          const own = { adapter: simulatedAdapter, timing: "deferred", limit, costs, record } as const;
          const drafter = budgetedStreamDrafter({ ...own, lookups: lookups as unknown as SequenceLookups });
          const text = {
            drafter,
            timing: "deferred",
            costs,
            tokens: 128,
            acceptance: () => 0,
            promised,
            seed,
          } as const;
          expect((await simulateText(text)).ratio).toBeGreaterThan(1 - MOST_LOST);
        }
      }),
    );
  });

  it("loses little more where drafts were right until the text began, and where drafting is dearer than was measured", async () => {
    await fc.assert(
      fc.asyncProperty(prices, async ({ rows, drafting, promised }) => {
        const costs = simulatedCosts(rows, drafting);
        const record = new TrackRecord();
        const text = { timing: "deferred", costs, tokens: 128, promised, seed: 4 } as const;
        await simulateText({ ...text, drafter: drafterOf(costs, "deferred", record), acceptance: () => 0.95 });
        const spoilt = { ...text, drafter: drafterOf(costs, "deferred", record), acceptance: () => 0, dearer: 1.5 };
        expect((await simulateText(spoilt)).ratio).toBeGreaterThan(1 - 2 * MOST_LOST);
      }),
    );
  });

  it("takes plain steps, without streams, where drafts promise nothing", async () => {
    const costs = simulatedCosts(0.1, 1);
    const drafter = drafterOf(costs, "deferred");
    const text = {
      drafter,
      timing: "deferred",
      costs,
      tokens: 128,
      acceptance: () => 1,
      promised: 1e-9,
      seed: 1,
    } as const;
    expect(await simulateText(text)).toMatchObject({ drafts: 0 });
  });

  it("is faster than plain decoding where drafts are right, and more so where rows are cheaper", async () => {
    const ratios: number[] = [];
    for (const rows of [4, 1, 0.1]) {
      const costs = simulatedCosts(rows, 2);
      const record = new TrackRecord();
      const texts = [];
      for (let seed = 1; seed <= 20; seed++) {
        const drafter = drafterOf(costs, "deferred", record);
        texts.push(
          await simulateText({
            drafter,
            timing: "deferred",
            costs,
            tokens: 128,
            acceptance: () => 0.8,
            promised: 0.8,
            seed,
          }),
        );
      }
      ratios.push(texts.reduce((sum, { ratio }) => sum + ratio, 0) / texts.length);
    }
    const [dear, middle, cheap] = ratios as [number, number, number];
    expect(dear).toBeGreaterThan(1.05);
    expect(middle).toBeGreaterThan(1.6);
    expect(cheap).toBeGreaterThan(middle);
  });

  it("comes back to drafts when a text begins to be easy", async () => {
    const costs = simulatedCosts(1, 2);
    const record = new TrackRecord();
    const halves = { timing: "deferred", costs, tokens: 400, promised: 0.7, seed: 2 } as const;
    const hard = await simulateText({ ...halves, drafter: drafterOf(costs, "deferred", record), acceptance: () => 0 });
    const acceptance = (token: number): number => (token < 200 ? 0 : 0.9);
    const turned = await simulateText({ ...halves, drafter: drafterOf(costs, "deferred", record), acceptance });
    expect(turned.drafts).toBeGreaterThan(2 * hard.drafts);
    expect(turned.ratio).toBeGreaterThan(1.15);
  });
});

describe("an outlook", () => {
  const costs = simulatedCosts(1, 5);
  const guesses = { usual: 0.5, tokens: [1, 2], right: [0.95, 0.05] };
  /** Five tokens that streams foresee, then five that they do not. */
  const easy = (place: number): boolean => place % 10 < 5;
  const text = {
    ...({ timing: "deferred", costs, tokens: 400, promised: 0.6 } as const),
    acceptance: (place: number) => (easy(place) ? 0.95 : 0.05),
    tokenAt: (place: number) => (easy(place) ? 1 : 2),
  };
  const ratios = async (outlook: Outlook | undefined, changes: Partial<SimulatedOptions> = {}): Promise<number> => {
    const record = new TrackRecord();
    const own = { adapter: simulatedAdapter, timing: "deferred", limit, costs, record } as const;
    let sum = 0;
    for (let seed = 1; seed <= 8; seed++) {
      const drafter = budgetedStreamDrafter({ ...own, ...(outlook && { outlook }) });
      sum += (await simulateText({ ...text, ...changes, drafter, seed })).ratio;
    }
    return sum / 8;
  };

  it("makes texts faster, since streams rest where they foresee nothing", async () => {
    expect(await ratios(new Outlook(guesses))).toBeGreaterThan(1.1 * (await ratios(undefined)));
  });

  it("lets the first text draft for several steps' time where training has shown that it pays", async () => {
    const dear = simulatedCosts(2, 16);
    const right = { usual: 0.95, tokens: [], right: [], further: [0.95, 0.95, 0.95, 0.95] };
    const ratioOf = async (known: { record: TrackRecord; outlook?: Outlook }, acceptance: number): Promise<number> => {
      const own = { adapter: simulatedAdapter, timing: "deferred", limit, costs: dear } as const;
      const drafter = budgetedStreamDrafter({ ...own, ...known });
      const short = { timing: "deferred", costs: dear, tokens: 40, promised: 0.95, seed: 5 } as const;
      return (await simulateText({ ...short, drafter, acceptance: () => acceptance })).ratio;
    };
    const counted = () => ({ record: new TrackRecord(8), outlook: new Outlook(right) });
    expect(await ratioOf({ record: new TrackRecord() }, 0.95)).toBeLessThan(1.01);
    expect(await ratioOf(counted(), 0.95)).toBeGreaterThan(1.2);
    // On texts of another kind it costs each a draft, whose price is the smaller the less is believed.
    const wrong = counted();
    const lost: number[] = [];
    for (let text = 0; text < 12; text++) lost.push(1 - (await ratioOf(wrong, 0)));
    expect(lost[0]).toBeLessThan(0.08);
    expect(lost.at(-1)).toBeLessThan(0.05);
  });

  it("is forgotten where it proves wrong", async () => {
    const wrong = { ...guesses, right: [0.05, 0.95] };
    expect(await ratios(new Outlook(wrong))).toBeGreaterThan(0.97);
    const always = { acceptance: () => 0.95 };
    expect(await ratios(new Outlook({ usual: 0.3, tokens: [], right: [] }), always)).toBeGreaterThan(
      0.9 * (await ratios(undefined, always)),
    );
  });
});

/** The model with its calls counted. */
function counting(model: BackendModel): { counted: BackendModel; calls: Record<string, number> } {
  const calls: Record<string, number> = { streams: 0, draft: 0 };
  const counted = new Proxy(model, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof name === "string" && name in calls) calls[name] = (calls[name] as number) + 1;
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  return { counted, calls };
}

describe("decoding by a budget", () => {
  const prompt = [1, 2, 3, 4];

  it.each([
    ["lossless", "deferred", 0],
    ["lossless", "deferred", 300],
    ["lossless", "parallel", 0],
    ["lossless", "parallel", 300],
    ["shared", "parallel", 0],
    ["shared", "parallel", 300],
  ] as const)("gives plain decoding's text: %s mode, %s streams, %d ms a row", async (mode, timing, rows) => {
    const model = await tinyModel(29);
    const adapter = await model.attach(tinyAdapter(29, mode));
    const plain = await decodeAll(model, { prompt, adapter, maxTokens: 30 });
    const costs = simulatedCosts(rows, 0.1);
    const drafter = budgetedStreamDrafter({ adapter, timing, limit, costs });
    const { tokens, steps } = await decodeAll(model, { prompt, adapter, maxTokens: 30, drafter });
    expect(tokens).toEqual(plain.tokens);
    const predicted = ({ kind, predicted: time }: Step): boolean =>
      kind === "prefill" ? time === undefined : (time as number) > 0;
    // The last token needs no draft, and nobody predicts its step.
    expect(steps.slice(0, -1).every(predicted)).toBe(true);
    expect(steps.some(({ draft }) => draft.tokens.length > 0)).toBe(rows === 0);
  });

  it("runs no streams while a text cannot afford any draft", async () => {
    const { counted, calls } = counting(await tinyModel(29));
    const adapter = await counted.attach(tinyAdapter(29, "lossless"));
    const drafter = budgetedStreamDrafter({ adapter, timing: "deferred", limit, costs: simulatedCosts(1, 50) });
    await decodeAll(counted, { prompt, adapter, maxTokens: 20, drafter });
    expect(calls).toEqual({ streams: 0, draft: 0 });
  });

  it("refuses to defer streams that the main stream sees", async () => {
    const model = await tinyModel(1);
    const adapter = await model.attach(tinyAdapter(1, "shared"));
    const costs = simulatedCosts(1, 1);
    expect(() => budgetedStreamDrafter({ adapter, timing: "deferred", limit, costs })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", subject: "timing" }),
    );
  });
});
