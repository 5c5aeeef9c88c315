import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type BackendModel, chainDraft, type Drafter, decode, type StepTime } from "../../src/index.js";
import { decodeAll } from "../support/decode-all.js";
import { tinyAdapter, tinyModel } from "../support/tiny-model.js";

/** A clock that moves only when told, so that the times are exact. */
let time = 0;

beforeEach(() => {
  time = 0;
  vi.spyOn(performance, "now").mockImplementation(() => time);
});
afterEach(() => void vi.restoreAllMocks());

/** The model, with calls that take so many milliseconds of that clock. */
function taking(model: BackendModel, milliseconds: Readonly<Record<string, number>>): BackendModel {
  return new Proxy(model, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        const result: unknown = await Reflect.apply(member, target, args);
        time += milliseconds[String(name)] ?? 0;
        return result;
      };
    },
  });
}

const prompt = [1, 2, 3];

describe("StepTime", () => {
  it("counts calls of the backend as pass, the drafter's own work as other, and the consumer's not at all", async () => {
    const model = taking(await tinyModel(5), { pass: 8, commit: 2 });
    const sequence = await model.createSequence();
    const drafter: Drafter = {
      name: "slow",
      streamsInPass: false,
      draft: async () => {
        time += 3;
        return chainDraft([1, 2]);
      },
    };
    const times: StepTime[] = [];
    for await (const step of decode({ model, sequence, prompt, drafter, maxTokens: 6 })) {
      times.push(step.milliseconds);
      time += 1000;
    }
    expect(times.length).toBeGreaterThan(2);
    expect(times[0]).toEqual({ pass: 10, other: 0 });
    // No draft is asked for where only one more token may be emitted.
    for (const lap of times.slice(1, -1)) expect(lap).toEqual({ pass: 10, other: 3 });
  });

  it("counts calls that a drafter makes at once as the time in which any of them ran", async () => {
    const plain = await tinyModel(5);
    const adapter = await plain.attach(tinyAdapter(5, "lossless"));
    const model = taking(plain, { pass: 8, streams: 4, draft: 1 });
    const drafter: Drafter = {
      name: "eager",
      streamsInPass: false,
      draft: async ({ calls, sequence, bonus }) => {
        await calls.streams([{ sequence }]);
        const limit = { nodes: 2, topK: 1 };
        const drafts = Array.from({ length: 3 }, () => calls.draft([{ sequence, bonus, limit }]));
        time += 2;
        return (await Promise.all(drafts))[0]?.[0] ?? chainDraft([]);
      },
    };
    const { steps } = await decodeAll(model, { prompt, adapter, drafter, maxTokens: 9 });
    const laps = steps.slice(1, -1).map((step) => step.milliseconds);
    expect(laps.length).toBeGreaterThan(0);
    // 8 for the pass, 4 for the streams, 3 × 1 for the drafts, and the 2 that went by while they ran.
    for (const lap of laps) expect(lap).toEqual({ pass: 17, other: 0 });
  });
});
