import type { BackendModel, CallOptions, Sequence } from "@anabranch/core";
import type { ConformanceCase } from "../conformance-case.js";
import { expectRefused } from "../conformance-failure.js";
import { capabilitiesOf } from "../pair/capabilities-of.js";
import { withPairedModel } from "../pair/paired-model.js";
import { chain } from "../pair/paths.js";
import { plainAdapter } from "../random/adapter-plan.js";
import { randomAdapter } from "../random/adapter-tensors.js";
import { plainModel } from "../random/model-plan.js";
import { randomWeights } from "../random/model-weights.js";
import type { ConformanceSettings } from "../settings.js";

const aborted: CallOptions = { signal: { aborted: true, reason: "the caller has left" } };
const limit = { nodes: 3, topK: 2 };

export function endsOfLife(settings: ConformanceSettings): ConformanceCase[] {
  return [
    {
      name: "a disposed sequence is refused everywhere; disposing twice is not",
      run: async (backend) => {
        await withPairedModel(backend, randomWeights(plainModel), settings.tolerance, async (model) => {
          const [gone, stays] = [await model.createSequence(), await model.createSequence()];
          for (const sequence of [gone, stays]) await model.extend(sequence, chain([1, 2]));
          await gone.ours.dispose();
          await gone.ours.dispose();
          await expectSequenceDisposed(model.ours, gone.ours);
          await model.extend(stays, chain([3], { read: { logits: true } }));
        });
        return undefined;
      },
    },
    {
      name: "a disposed adapter is refused everywhere; disposing twice is not",
      run: async (backend) => {
        const [mode] = (await capabilitiesOf(backend)).streamModes;
        if (mode === undefined) return "no streamModes are declared";
        await withPairedModel(backend, randomWeights(plainModel), settings.tolerance, async (model) => {
          const attach = () => model.attach(randomAdapter(plainAdapter, mode, plainModel.spec));
          const [gone, stays] = [await attach(), await attach()];
          const sequences = [await model.createSequence(gone), await model.createSequence(stays)] as const;
          for (const sequence of sequences) await model.extend(sequence, chain([1, 2]));
          await gone.ours.dispose();
          await gone.ours.dispose();
          await expectRefused("DISPOSED", "a sequence for a disposed adapter", () =>
            model.ours.createSequence({ adapter: gone.ours }),
          );
          await expectRefused("DISPOSED", "a pass of a sequence whose adapter was disposed", () =>
            model.ours.pass([{ sequence: sequences[0].ours, rows: chain([1]) }]),
          );
          await sequences[0].ours.dispose();
          await model.extend(sequences[1], chain([3], { read: { logits: true } }));
        });
        return undefined;
      },
    },
    {
      name: "a disposed model takes its sequences and adapters along",
      run: async (backend) => {
        const [mode] = (await capabilitiesOf(backend)).streamModes;
        const model = await backend.load(randomWeights(plainModel));
        const sequence = await model.createSequence();
        const adapter = mode && (await model.attach(randomAdapter(plainAdapter, mode, plainModel.spec)));
        await model.dispose();
        await model.dispose();
        await expectRefused("DISPOSED", "createSequence of a disposed model", () => model.createSequence());
        await expectSequenceDisposed(model, sequence);
        if (mode !== undefined && adapter) {
          await expectRefused("DISPOSED", "attach to a disposed model", () =>
            model.attach(randomAdapter(plainAdapter, mode, plainModel.spec)),
          );
          await adapter.dispose();
        }
        await sequence.dispose();
        return undefined;
      },
    },
    {
      name: "an aborted signal stops a call before it begins, and what was committed stays",
      run: async (backend) => {
        const weights = randomWeights(plainModel);
        await expectRefused("ABORTED", "load with an aborted signal", () => backend.load(weights, aborted));
        const { streamModes, parallelStreams, deferredStreams } = await capabilitiesOf(backend);
        const mode = streamModes.find((each) => parallelStreams || (each === "lossless" && deferredStreams));
        await withPairedModel(backend, weights, settings.tolerance, async (model) => {
          const adapter = mode && (await model.attach(randomAdapter(plainAdapter, mode, plainModel.spec)));
          const sequence = await model.createSequence(adapter || undefined);
          const { ours } = sequence;
          await model.extend(sequence, chain([1, 2]));
          const rows = chain([3], { read: { logits: true }, streams: mode !== undefined && parallelStreams });
          await expectRefused("ABORTED", "pass with an aborted signal", () =>
            model.ours.pass([{ sequence: ours, rows }], aborted),
          );
          await model.extend(sequence, rows);
          if (mode === "lossless" && deferredStreams) {
            await expectRefused("ABORTED", "streams with an aborted signal", () =>
              model.ours.streams([{ sequence: ours }], aborted),
            );
            await model.streams([sequence]);
          }
          if (mode !== undefined) {
            await expectRefused("ABORTED", "draft with an aborted signal", () =>
              model.ours.draft([{ sequence: ours, bonus: 1, limit }], aborted),
            );
            await model.draft([sequence], 1, limit);
          }
          await model.extend(sequence, rows);
        });
        return undefined;
      },
    },
  ];
}

async function expectSequenceDisposed(model: BackendModel, sequence: Sequence): Promise<void> {
  const refused = (what: string, call: () => Promise<unknown>): Promise<void> => expectRefused("DISPOSED", what, call);
  await refused("pass after dispose", () => model.pass([{ sequence, rows: chain([1]) }]));
  await refused("commit after dispose", () => model.commit([{ sequence, path: [] }]));
  await refused("draft after dispose", () => model.draft([{ sequence, bonus: 1, limit }]));
  await refused("streams after dispose", () => model.streams([{ sequence }]));
  await refused("rollback after dispose", () => sequence.rollback(0));
  if (model.capabilities.fork) await refused("fork after dispose", () => sequence.fork());
}
