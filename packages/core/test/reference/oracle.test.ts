import { describe, it } from "vitest";
import type { StreamMode } from "../../src/index.js";
import { expectClose } from "../support/close.js";
import { runDeferredStreams, runPass, Trace } from "../support/run-case.js";
import { hasStreamsTiny, readStreamsTinyCase, type StreamsTinyCase } from "../support/streams-tiny.js";

const where = hasStreamsTiny ? "" : " (skipped: shared/fixtures/streams-tiny is not here; set ANABRANCH_SHARED)";

/** 1e-4 is what is asked of the reference; what is left in float64 is the rounding of the float32 file, some 5e-8. */
const tolerance = 1e-6;

function expectLogits(trace: Trace, { expected, streamRows }: StreamsTinyCase): void {
  const streams = streamRows.map((row) => trace.streams[row] as number[]);
  expectClose(trace.main.flat(), expected.main.data, tolerance);
  expectClose(streams.flat(), expected.streams.data, tolerance);
}

const modes: readonly StreamMode[] = ["shared", "lossless"];

describe.skipIf(!hasStreamsTiny).each(modes)(`the oracle, %s mode${where}`, (mode) => {
  it.each(["prefill", "tree"] as const)("gives the logits of the %s", async (name) => {
    const each = readStreamsTinyCase(mode, name);
    const trace = new Trace();
    await runPass(each, trace, 0, each.text.tokens.length);
    expectLogits(trace, each);
  });

  it.each([1, 6, 7, 10, 14])("gives the tree's logits after its first %i rows are committed", async (split) => {
    const each = readStreamsTinyCase(mode, "tree");
    const trace = new Trace();
    await runPass(each, trace, 0, split);
    await runPass(each, trace, split, each.text.tokens.length);
    expectLogits(trace, each);
  });

  it("gives the tree's logits by the short cut for rows that all carry streams", async () => {
    const each = readStreamsTinyCase(mode, "tree");
    const trace = new Trace();
    await runPass(each, trace, 0, 7);
    await runPass(each, trace, 7, each.text.tokens.length, true);
    expectLogits(trace, each);
  });
});

describe.skipIf(!hasStreamsTiny)(`deferred streams${where}`, () => {
  it.each(["prefill", "tree"] as const)("equal those of the pass itself, %s", async (name) => {
    const each = readStreamsTinyCase("lossless", name);
    const trace = new Trace();
    await runPass(each, trace, 0, each.text.tokens.length);
    const deferred = await runDeferredStreams(each, trace);
    expectLogits(Object.assign(deferred, { main: trace.main }), each);
  });
});
