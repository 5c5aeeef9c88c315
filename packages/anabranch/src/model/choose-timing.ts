import {
  type AdapterHandle,
  type BackendModel,
  COMMITTED,
  chainDraft,
  type DraftLimit,
  flattenDraft,
  type StreamTiming,
} from "@anabranch/core";

const rounds = 5;
const chosen = new WeakMap<AdapterHandle, Map<string, StreamTiming>>();

/**
 * The faster way to run streams on this machine, for drafts of this size: times a verify pass with streams beside every row
 * against one without them and a call for the accepted row. Measured once an adapter and draft size. A shared-mode adapter
 * has no choice.
 */
export async function chooseTiming(
  model: BackendModel,
  adapter: AdapterHandle,
  limit: DraftLimit,
): Promise<StreamTiming> {
  if (adapter.streams.mode === "shared" || !model.capabilities.deferredStreams) return "parallel";
  if (!model.capabilities.parallelStreams) return "deferred";
  const known = chosen.get(adapter) ?? new Map<string, StreamTiming>();
  chosen.set(adapter, known);
  const key = `${limit.nodes}x${limit.topK}`;
  const timing = known.get(key) ?? (await faster(model, adapter, limit));
  known.set(key, timing);
  return timing;
}

async function faster(model: BackendModel, adapter: AdapterHandle, limit: DraftLimit): Promise<StreamTiming> {
  const sequence = await model.createSequence({ adapter });
  try {
    const prompt = Array.from({ length: Math.min(32, model.capabilities.maxPositions / 2) }, (_, row) => row);
    const rows = prompt.map((row) => ({ token: row % model.spec.vocabularySize, parent: row === 0 ? COMMITTED : row - 1 }));
    await model.pass([{ sequence, rows }]);
    await model.commit([{ sequence, path: prompt }]);
    const base = sequence.length;
    const draft = chainDraft(Array.from({ length: Math.min(limit.nodes, adapter.streams.gamma) }, () => 0));
    const step = async (timing: StreamTiming): Promise<number> => {
      const start = performance.now();
      await model.pass([{ sequence, rows: flattenDraft(0, draft, timing === "parallel", { argmax: true }) }]);
      await model.commit([{ sequence, path: [0] }]);
      if (timing === "deferred") await model.streams([{ sequence }]);
      await model.draft([{ sequence, bonus: 0, limit }]);
      const time = performance.now() - start;
      await sequence.rollback(base);
      return time;
    };
    const best = { parallel: Number.POSITIVE_INFINITY, deferred: Number.POSITIVE_INFINITY };
    for (let round = 0; round < rounds; round++) {
      for (const timing of ["parallel", "deferred"] as const) best[timing] = Math.min(best[timing], await step(timing));
    }
    return best.parallel < best.deferred ? "parallel" : "deferred";
  } finally {
    await sequence.dispose();
  }
}
