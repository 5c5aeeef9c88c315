import type { AdapterHandle, Capabilities, PassRow, RowRead, Sequence } from "@anabranch/core";
import type { ConformanceCase } from "../conformance-case.js";
import { expectRefused } from "../conformance-failure.js";
import { capabilitiesOf } from "../pair/capabilities-of.js";
import { type Pair, type PairedModel, withPairedModel } from "../pair/paired-model.js";
import { chain } from "../pair/paths.js";
import { plainAdapter } from "../random/adapter-plan.js";
import { randomAdapter } from "../random/adapter-tensors.js";
import { plainModel } from "../random/model-plan.js";
import { randomWeights } from "../random/model-weights.js";
import type { ConformanceSettings } from "../settings.js";

/** More rows or sequences than these are not tried: to make them would say more about memory than about the backend. */
const MOST_ROWS = 20_000;
const MOST_SEQUENCES = 256;

const { spec } = plainModel;
const logits = { read: { logits: true } };

/** Requests that must be refused, each with its error, and after all of them the sequence goes on as if nothing happened. */
export function refusedRequests(settings: ConformanceSettings): ConformanceCase[] {
  const refusing = (
    name: string,
    refuse: (model: PairedModel, sequence: Pair<Sequence>) => Promise<void>,
  ): ConformanceCase => ({
    name,
    run: async (backend) => {
      await withPairedModel(backend, randomWeights(plainModel), settings.tolerance, async (model) => {
        const sequence = await model.createSequence();
        await model.extend(sequence, chain([1, 2, 3]));
        await refuse(model, sequence);
        await model.extend(sequence, chain([4, 5], logits));
      });
      return undefined;
    },
  });
  return [
    refusing("bad rows are refused, and change nothing", refuseRows),
    refusing("paths that are none are refused, and change nothing", refusePaths),
    refusing("lengths that a sequence does not have are refused by rollback", async (_, { ours }) => {
      for (const length of [-1, ours.length + 1, 1.5, Number.NaN]) {
        await expectRefused("INVALID_ARGUMENT", `rollback(${length}) of ${ours.length}`, () => ours.rollback(length));
      }
    }),
    refusing("more rows or sequences than declared are refused", refuseTooMany),
    refusing("streams and drafts out of place are refused", refuseStreams),
    refusing("what is not declared is refused", refuseUndeclared),
    contextOverflow(settings),
  ];
}

async function refuseRows({ ours }: PairedModel, { ours: sequence }: Pair<Sequence>): Promise<void> {
  const refused = (code: string, what: string, rows: readonly PassRow[]): Promise<void> =>
    expectRefused(code, what, () => ours.pass([{ sequence, rows }]));
  for (const token of [-1, spec.vocabularySize, 1.5, Number.NaN]) {
    await refused("UNKNOWN_TOKEN", `a row with token ${token}`, [{ token, parent: -1 }]);
  }
  for (const parent of [-2, 0, 1, 0.5]) {
    await refused("INVALID_ARGUMENT", `row 0 with parent ${parent}`, [{ token: 1, parent }]);
  }
  await refused("INVALID_ARGUMENT", "a row that is its own parent", [
    { token: 1, parent: -1 },
    { token: 1, parent: 1 },
  ]);
  await refused("INVALID_ARGUMENT", "a pass without rows", []);
  const read = (what: RowRead): PassRow[] => [{ token: 1, parent: -1, read: what }];
  await refused(
    "UNKNOWN_TOKEN",
    "logProbsOf a token past the vocabulary",
    read({ logProbsOf: [0, spec.vocabularySize] }),
  );
  await refused("INVALID_ARGUMENT", "topLogProbs of 0", read({ topLogProbs: 0 }));
  await refused("INVALID_ARGUMENT", "topLogProbs past the vocabulary", read({ topLogProbs: spec.vocabularySize + 1 }));
  if (ours.capabilities.hiddenStates) {
    await refused("INVALID_ARGUMENT", "hidden states past the last layer", read({ hidden: [spec.layers + 1] }));
  }
  if (ours.capabilities.vocabularyBias) {
    const short = new Float32Array(spec.vocabularySize - 1);
    await refused("INVALID_ARGUMENT", "a vocabulary bias that is too short", read({ vocabularyBias: short }));
  }
  if (ours.capabilities.maxSequences > 1) {
    const request = { sequence, rows: chain([1]) };
    await expectRefused("INVALID_ARGUMENT", "one sequence twice in a pass", () => ours.pass([request, request]));
  }
}

async function refusePaths(model: PairedModel, sequence: Pair<Sequence>): Promise<void> {
  const refused = (code: string, what: string, path: readonly number[]): Promise<void> =>
    expectRefused(code, what, () => model.ours.commit([{ sequence: sequence.ours, path }]));
  await refused("DROPPED_ROW", "a row of a pass that was committed before", [0]);
  const rows: PassRow[] = [
    { token: 1, parent: -1 },
    { token: 2, parent: 0 },
    { token: 3, parent: 0 },
    { token: 4, parent: 1 },
  ].slice(0, model.capabilities.maxRows);
  if (rows.length === 4) {
    await model.pass([{ sequence, rows }]);
    await refused("INVALID_ARGUMENT", "a path that does not follow the committed text", [1]);
    await refused("INVALID_ARGUMENT", "a path through siblings", [0, 1, 2]);
    await refused("INVALID_ARGUMENT", "a path that skips a row", [0, 3]);
    await refused("INVALID_ARGUMENT", "a path that stays on a row", [0, 0]);
    await refused("DROPPED_ROW", "a row that is not there", [0, 4]);
    await refused("DROPPED_ROW", "row -1", [-1]);
    // The rows are still there: a refused commit has not spent them.
    await model.commit(sequence, [0, 1]);
    await refused("DROPPED_ROW", "a row of a pass that was committed before", [0]);
    await model.pass([{ sequence, rows }]);
  }
  await model.pass([{ sequence, rows: chain([5]) }]);
  await refused("DROPPED_ROW", "a row of the pass before the latest", [0, 1]);
  await model.rollback(sequence, sequence.ours.length);
  await refused("DROPPED_ROW", "a row of a pass before a rollback", [0]);
}

async function refuseTooMany(model: PairedModel, { ours: sequence }: Pair<Sequence>): Promise<void> {
  const { maxRows, maxSequences } = model.capabilities;
  if (maxRows < MOST_ROWS) {
    const rows = Array.from({ length: maxRows + 1 }, () => ({ token: 1, parent: -1 }));
    await expectRefused("UNSUPPORTED", `${maxRows + 1} rows`, () => model.ours.pass([{ sequence, rows }]));
  }
  if (maxSequences < MOST_SEQUENCES) {
    const requests = [{ sequence, rows: chain([1]) }];
    while (requests.length <= maxSequences) {
      requests.push({ sequence: await model.ours.createSequence(), rows: chain([1]) });
    }
    await expectRefused("UNSUPPORTED", `${requests.length} sequences`, () => model.ours.pass(requests));
    for (const { sequence: extra } of requests.slice(1)) await extra.dispose();
  }
}

async function refuseStreams(model: PairedModel, { ours: plain }: Pair<Sequence>): Promise<void> {
  const { ours, capabilities } = model;
  const carrying = chain([1], { streams: true });
  const draft = (sequence: Sequence) => () => ours.draft([{ sequence, bonus: 1, limit: { nodes: 3, topK: 2 } }]);
  const streams = (sequence: Sequence) => () => ours.streams([{ sequence }]);
  const step = async (sequence: Sequence, rows: readonly PassRow[]): Promise<void> => {
    await ours.pass([{ sequence, rows }]);
    await ours.commit([{ sequence, path: rows.map((_, row) => row) }]);
  };
  await expectRefused("UNSUPPORTED", "streams in a pass without an adapter", () =>
    ours.pass([{ sequence: plain, rows: carrying }]),
  );
  await expectRefused("UNSUPPORTED", "streams() without an adapter", streams(plain));
  await expectRefused("INVALID_ARGUMENT", "a draft without an adapter", draft(plain));
  for (const mode of capabilities.streamModes) {
    const adapter = await ours.attach(randomAdapter(plainAdapter, mode, spec));
    const sequence = await ours.createSequence({ adapter });
    await expectRefused("INVALID_ARGUMENT", "a draft of an empty sequence", draft(sequence));
    await step(sequence, chain([1, 2].slice(0, capabilities.maxRows)));
    await expectRefused("INVALID_ARGUMENT", `a draft from a row without streams (${mode})`, draft(sequence));
    if (mode === "shared") await expectRefused("UNSUPPORTED", "streams() in shared mode", streams(sequence));
    if (capabilities.parallelStreams) {
      await step(sequence, carrying);
      await draft(sequence)();
      await sequence.rollback(1);
      await expectRefused("INVALID_ARGUMENT", "a draft after a rollback to a row without streams", draft(sequence));
    }
    if (mode === "lossless" && capabilities.deferredStreams) await refuseLateStreams(model, adapter);
    await adapter.dispose();
  }
}

async function refuseLateStreams({ ours }: PairedModel, adapter: AdapterHandle): Promise<void> {
  const sequence = await ours.createSequence({ adapter });
  const refused = (when: string): Promise<void> =>
    expectRefused("INVALID_ARGUMENT", `streams() ${when}`, () => ours.streams([{ sequence }]));
  await refused("of an empty sequence");
  await ours.pass([{ sequence, rows: chain([1]) }]);
  await ours.commit([{ sequence, path: [0] }]);
  await ours.pass([{ sequence, rows: chain([2]) }]);
  await refused("after a pass without a commit");
  await ours.commit([{ sequence, path: [0] }]);
  await sequence.rollback(1);
  await refused("after a rollback");
}

async function refuseUndeclared(
  { ours, capabilities }: PairedModel,
  { ours: sequence }: Pair<Sequence>,
): Promise<void> {
  const pass = (row: Partial<PassRow>) => () => ours.pass([{ sequence, rows: [{ token: 1, parent: -1, ...row }] }]);
  const bias = new Float32Array(spec.vocabularySize);
  const undeclared: [keyof Capabilities, () => Promise<unknown>][] = [
    ["pruning", () => ours.pass([{ sequence, rows: chain([1]), pruning: { threshold: 0.1 } }])],
    ["vocabularyBias", pass({ read: { logits: true, vocabularyBias: bias } })],
    ["hiddenStates", pass({ read: { hidden: [0] } })],
    ["fork", () => sequence.fork()],
  ];
  for (const [capability, ask] of undeclared) {
    if (capabilities[capability] === false) await expectRefused("UNSUPPORTED", capability, ask);
  }
  for (const mode of ["shared", "lossless"] as const) {
    const adapter = randomAdapter(plainAdapter, mode, spec);
    if (!capabilities.streamModes.includes(mode)) {
      await expectRefused("UNSUPPORTED", `a ${mode} adapter`, () => ours.attach(adapter));
      continue;
    }
    const streaming = await ours.createSequence({ adapter: await ours.attach(adapter) });
    if (!capabilities.parallelStreams) {
      await expectRefused("UNSUPPORTED", "parallelStreams", () =>
        ours.pass([{ sequence: streaming, rows: chain([1], { streams: true }) }]),
      );
    } else if (mode === "lossless" && !capabilities.deferredStreams) {
      await ours.pass([{ sequence: streaming, rows: chain([1]) }]);
      await ours.commit([{ sequence: streaming, path: [0] }]);
      await expectRefused("UNSUPPORTED", "deferredStreams", () => ours.streams([{ sequence: streaming }]));
    }
  }
}

function contextOverflow(settings: ConformanceSettings): ConformanceCase {
  return {
    name: "a text fills every position, and the row after it is refused",
    run: async (backend) => {
      const { maxRows } = await capabilitiesOf(backend);
      const small = { ...plainModel, spec: { ...spec, maxPositions: 8 } };
      await withPairedModel(backend, randomWeights(small), settings.tolerance, async (model) => {
        const { maxPositions } = model.capabilities;
        const sequence = await model.createSequence();
        const most = Array.from({ length: maxPositions }, (_, index) => index % spec.vocabularySize);
        if (maxRows > maxPositions) {
          const rows = chain([...most, 1]);
          const over = () => model.ours.pass([{ sequence: sequence.ours, rows }]);
          await expectRefused("CONTEXT_OVERFLOW", `${rows.length} rows of ${maxPositions} positions`, over);
        }
        await model.extend(sequence, chain(most, logits), 3);
        const one = () => model.ours.pass([{ sequence: sequence.ours, rows: chain([1]) }]);
        await expectRefused("CONTEXT_OVERFLOW", `position ${maxPositions}`, one);
        await model.rollback(sequence, maxPositions - 1);
        await model.extend(sequence, chain([1], logits));
      });
      return undefined;
    },
  };
}
