import {
  type AdapterHandle,
  type BackendModel,
  COMMITTED,
  type DraftLimit,
  type DraftTree,
  flattenDraft,
  ROOT,
  type StreamTiming,
} from "@anabranch/core";
import { fullTreeNodes } from "./full-tree.js";

const rounds = 5;
const chosen = new WeakMap<AdapterHandle, Map<string, StreamTiming>>();

/** Tokens that the timed passes stand on: about a prompt of the small tasks. */
const contextLength = 32;

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
  const depth = Math.min(limit.depth ?? adapter.streams.gamma, adapter.streams.gamma);
  const key = JSON.stringify([limit.topK, limit.nodes, depth]);
  const timing = known.get(key) ?? (await faster(model, adapter, { ...limit, depth }));
  known.set(key, timing);
  return timing;
}

async function faster(
  model: BackendModel,
  adapter: AdapterHandle,
  limit: DraftLimit & { readonly depth: number },
): Promise<StreamTiming> {
  const sequence = await model.createSequence({ adapter });
  try {
    const { maxPositions, maxRows } = model.capabilities;
    const length = Math.min(contextLength, Math.floor(maxPositions / 2), maxRows);
    const rows = Array.from({ length }, (_, row) => ({ token: 0, parent: row === 0 ? COMMITTED : row - 1 }));
    await model.pass([{ sequence, rows }]);
    await model.commit([{ sequence, path: rows.map((_, row) => row) }]);
    const draft = flatDraft(Math.min(limit.nodes, fullTreeNodes(limit.topK, limit.depth), maxRows - 1));
    const step = async (timing: StreamTiming): Promise<number> => {
      const start = performance.now();
      await model.pass([{ sequence, rows: flattenDraft(0, draft, timing === "parallel", { argmax: true }) }]);
      await model.commit([{ sequence, path: [0] }]);
      if (timing === "deferred") await model.streams([{ sequence }]);
      await model.draft([{ sequence, bonus: 0, limit }]);
      const time = performance.now() - start;
      await sequence.rollback(length);
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

/** All nodes beside each other: a pass costs what its rows cost, and these need no positions. */
function flatDraft(nodes: number): DraftTree {
  const each = <Value>(value: Value): Value[] => Array.from({ length: nodes }, () => value);
  return { tokens: each(0), parents: each(ROOT), logProbs: each(0) };
}
