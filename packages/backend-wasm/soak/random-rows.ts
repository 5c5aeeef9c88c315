import { COMMITTED, type ModelSpec, type PassRow, type RowRead } from "@anabranch/core";
import type { Chance } from "./chance.js";

/** Rows of a pass: mostly a small tree or a few tokens, now and then a prompt. */
export function randomRows(chance: Chance, spec: ModelSpec, most: number): PassRow[] {
  const isPrompt = chance.happens(0.25);
  const count = Math.min(most, chance.between(1, isPrompt ? 120 : 16));
  const branches = isPrompt ? 0 : chance.of([0, 0.3, 1]);
  return Array.from({ length: count }, (_, row) => ({
    token: chance.between(0, spec.vocabularySize - 1),
    parent: chance.happens(branches as number) ? chance.between(COMMITTED, row - 1) : row - 1,
    ...((isPrompt ? row === count - 1 : chance.happens(0.8)) && { read: randomRead(chance, spec) }),
  }));
}

function randomRead(chance: Chance, { vocabularySize, layers }: ModelSpec): RowRead {
  return {
    argmax: true,
    ...(chance.happens(0.2) && { topLogProbs: chance.between(1, 12) }),
    ...(chance.happens(0.1) && { logProbsOf: [chance.between(0, vocabularySize - 1)] }),
    ...(chance.happens(0.03) && { logits: true }),
    ...(chance.happens(0.03) && { hidden: [chance.between(0, layers)] }),
    ...(chance.happens(0.03) && { vocabularyBias: new Float32Array(vocabularySize).fill(chance.between(-1, 1)) }),
  };
}

/** The rows from the committed text down to one of them, or none. */
export function randomPath(chance: Chance, rows: readonly PassRow[]): number[] {
  const path: number[] = [];
  const last = chance.happens(0.8) ? rows.length - 1 : chance.between(COMMITTED, rows.length - 1);
  for (let at = last; at !== COMMITTED; at = (rows[at] as PassRow).parent) path.unshift(at);
  return path;
}
