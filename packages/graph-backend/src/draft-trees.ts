import {
  type DraftLimit,
  type DraftTree,
  InvalidArgumentError,
  type ModelSpec,
  type TokenLogProbs,
  topKTree,
  UnknownTokenError,
} from "@anabranch/core";
import type { AttachedAdapter } from "./attached-adapter.js";
import type { CachedSequence } from "./cached-sequence.js";
import type { Floats } from "./floats.js";
import { groupBy } from "./group-by.js";
import type { LastRow } from "./last-row.js";
import { markovTrees } from "./markov-trees.js";
import type { ModelPrograms } from "./model-programs.js";

export interface DraftAsked {
  readonly sequence: CachedSequence;
  readonly bonus: number;
  readonly limit: DraftLimit;
}

/** Trees from the streams of last committed rows; requests of one adapter share the runs of its heads. */
export async function draftTrees(
  programs: ModelPrograms,
  spec: ModelSpec,
  requests: readonly DraftAsked[],
): Promise<readonly DraftTree[]> {
  for (const request of requests) checkDraftRequest(spec, request);
  const byAdapter = groupBy(requests, ({ sequence }) => sequence.attached as AttachedAdapter);
  const trees = new Map<DraftAsked, DraftTree>();
  for (const [adapter, group] of byAdapter) {
    for (const [headed, part] of groupBy(group, ({ limit }) => adapter.headDrafts(limit))) {
      const width = Math.max(...part.map(({ limit }) => adapter.draftWidth(limit)));
      const drawn = headed
        ? await markovTrees(await programs.markov(adapter, width), part)
        : await independentTrees(programs, adapter, part, width);
      part.forEach((request, index) => void trees.set(request, drawn[index] as DraftTree));
    }
  }
  return requests.map((request) => trees.get(request) as DraftTree);
}

/** Level j from stream j alone; the head runs once for all streams whose best tokens are not there yet. */
async function independentTrees(
  programs: ModelPrograms,
  adapter: AttachedAdapter,
  requests: readonly DraftAsked[],
  width: number,
): Promise<DraftTree[]> {
  const { vocabulary, owner, counted } = adapter;
  const known = vocabulary?.length ?? owner.weights.spec.vocabularySize;
  const lacking = (request: DraftAsked): boolean =>
    (request.sequence.last?.levels?.[0]?.tokens.length ?? 0) < Math.min(adapter.draftWidth(request.limit), known);
  const without = [...new Set(requests.filter(lacking).map(({ sequence }) => sequence))];
  if (without.length > 0) {
    const program = await programs.head(adapter, width);
    const levels = await program.run(without.map(({ last }) => last?.states as Floats));
    without.forEach((sequence, index) => {
      (sequence.last as LastRow).levels = levels[index];
    });
    // Deferred streams then bring as many along; those of a Markov head never do.
    if (adapter.streams.markov === undefined) adapter.width = Math.max(width, adapter.width);
  }
  return requests.map(({ sequence, bonus, limit }) => {
    const levels = sequence.last?.levels as readonly TokenLogProbs[];
    return topKTree(levels.map(narrowed(adapter.draftWidth(limit))), limit, { transitions: counted, bonus });
  });
}

/** What was computed for a wider draft must not change a narrower one. */
function narrowed(width: number): (level: TokenLogProbs) => TokenLogProbs {
  return (level) =>
    level.tokens.length <= width
      ? level
      : { tokens: level.tokens.subarray(0, width), logProbs: level.logProbs.subarray(0, width) };
}

function checkDraftRequest({ vocabularySize }: ModelSpec, { sequence, bonus, limit }: DraftAsked): void {
  if (sequence.last?.states === undefined) {
    throw new InvalidArgumentError("The sequence's last committed row carried no streams.", {
      subject: "sequence",
      cure: "Mark the row with `streams: true`, or call `streams` after the commit.",
    });
  }
  if (!Number.isInteger(bonus) || bonus < 0 || bonus >= vocabularySize) {
    throw new UnknownTokenError(`The bonus token ${bonus} is not in the vocabulary of ${vocabularySize}.`, {
      subject: "bonus",
    });
  }
  const { nodes, topK, depth } = limit;
  if (!Number.isInteger(nodes) || nodes < 0 || !Number.isInteger(topK) || topK < 1) {
    throw new InvalidArgumentError(`A draft of ${nodes} nodes with ${topK} children each was asked for.`, {
      subject: "limit",
    });
  }
  if (depth !== undefined && (!Number.isInteger(depth) || depth < 0)) {
    throw new InvalidArgumentError(`A draft of ${depth} levels was asked for.`, { subject: "limit.depth" });
  }
}
