import {
  type DraftLimit,
  type DraftTree,
  InvalidArgumentError,
  type ModelSpec,
  type TokenLogProbs,
  topKTree,
  treeWidth,
  UnknownTokenError,
} from "@anabranch/core";
import type { AttachedAdapter } from "./attached-adapter.js";
import type { CachedSequence } from "./cached-sequence.js";
import type { Floats } from "./floats.js";
import type { LastRow } from "./last-row.js";
import type { ModelPrograms } from "./model-programs.js";

export interface DraftAsked {
  readonly sequence: CachedSequence;
  readonly bonus: number;
  readonly limit: DraftLimit;
}

/** Trees from the streams of last committed rows; the head runs once for all streams whose best tokens are not there yet. */
export async function draftTrees(
  programs: ModelPrograms,
  spec: ModelSpec,
  requests: readonly DraftAsked[],
): Promise<readonly DraftTree[]> {
  for (const request of requests) checkDraftRequest(spec, request);
  const without = [...new Set(requests.filter((request) => !hasLevels(request, spec)).map(({ sequence }) => sequence))];
  if (without.length > 0) {
    const width = Math.max(...requests.map(widthOf));
    const program = await programs.head(width);
    const levels = await program.run(without.map(({ last }) => last?.states as Floats));
    without.forEach((sequence, index) => {
      (sequence.last as LastRow).levels = levels[index];
      (sequence.attached as AttachedAdapter).width = Math.max(width, (sequence.attached as AttachedAdapter).width);
    });
  }
  return requests.map((request) => {
    const { sequence, bonus, limit } = request;
    const levels = sequence.last?.levels as readonly TokenLogProbs[];
    return topKTree(levels.map(narrowed(widthOf(request))), limit, {
      transitions: sequence.attached?.counted,
      bonus,
    });
  });
}

/** Best tokens of a stream that a draft is made from. */
function widthOf({ sequence, limit }: DraftAsked): number {
  return treeWidth(limit, sequence.attached?.counted);
}

function hasLevels(request: DraftAsked, { vocabularySize }: ModelSpec): boolean {
  const width = request.sequence.last?.levels?.[0]?.tokens.length ?? 0;
  return width >= Math.min(widthOf(request), vocabularySize);
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
