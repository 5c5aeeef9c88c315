import {
  type DraftTree,
  Noise,
  ROOT,
  type SamplingOptions,
  TargetDistribution,
  type Verifier,
} from "../../../src/index.js";
import { byDefinition } from "./plain-definition.js";

export const VOCABULARY = 5;

/** The text that every draw goes on from. */
const START = [1];

const MEMORY = (VOCABULARY + 1) ** 3;

/** What the language remembers of a text, as a number: its last three tokens. 0 is the empty text's. */
export const contextOf = (text: readonly number[], before = 0): number => text.reduce(contextAfter, before);

const contextAfter = (context: number, token: number): number => (context * (VOCABULARY + 1) + token + 1) % MEMORY;

/** Logits of the next token in a context: any, but always the same. */
function makeLogits(context: number, salt = 0): Float32Array {
  const noise = new Noise(salt);
  return Float32Array.from({ length: VOCABULARY }, (_, token) => 4 * noise.uniform(context, token) - 2);
}

/** By context: [vocabulary] */
const logits = Array.from({ length: MEMORY }, (_, context) => makeLogits(context));

/** The joint distribution of the first `length` tokens, by {@link cellOf}. */
export function jointDistribution(options: SamplingOptions, length: number): Float64Array {
  const joint = new Float64Array(VOCABULARY ** length);
  const visit = (tokens: readonly number[], probability: number): void => {
    if (tokens.length === length) {
      joint[cellOf(tokens)] = probability;
      return;
    }
    const text = [...START, ...tokens];
    for (const [token, p] of byDefinition([...(logits[contextOf(text)] as Float32Array)], text, options).entries()) {
      visit([...tokens, token], probability * p);
    }
  };
  visit([], 1);
  return joint;
}

const cellOf = (tokens: readonly number[]): number => tokens.reduce((cell, token) => cell * VOCABULARY + token, 0);

/** Makes a draft for a text, whose last token is the root. @param random for drafters that draw */
export type ToyDrafter = (text: readonly number[], random: () => number) => ToyDraft;

export interface ToyDraft {
  readonly draft: DraftTree;
  /** Nodes whose rows pruning dropped, with all below them. */
  readonly dropped?: ReadonlySet<number>;
}

export interface ToyDraws {
  readonly verifier: Verifier;
  readonly drafter: ToyDrafter;
  readonly options: SamplingOptions;
  readonly draws: number;
  /** Tokens of each draw. */
  readonly length: number;
  /** What the drafter draws with. */
  readonly random: () => number;
}

/** How often each beginning of a text came. [{@link cellOf}] */
export function countDraws({ draws, length, ...how }: ToyDraws): Float64Array {
  const counts = new Float64Array(VOCABULARY ** length);
  const { repetitionPenalty = 1 } = how.options;
  let targets = new TargetDistribution(how.options, VOCABULARY);
  for (let seed = 0; seed < draws; seed++) {
    // Only a penalty makes it remember a text.
    if (repetitionPenalty !== 1) targets = new TargetDistribution(how.options, VOCABULARY);
    const cell = cellOf(write(how, seed, length, targets).slice(0, length));
    counts[cell] = (counts[cell] as number) + 1;
  }
  return counts;
}

/** Writes at least `length` tokens, with as many drafts as that takes. */
function write(
  { verifier, drafter, random }: Pick<ToyDraws, "verifier" | "drafter" | "random">,
  seed: number,
  length: number,
  targets: TargetDistribution,
): number[] {
  const noise = new Noise(seed);
  const text = [...START];
  let seen = 0;
  while (text.length < START.length + length) {
    for (; seen < text.length; seen++) targets.see(text[seen] as number);
    const { draft, dropped } = drafter(text, random);
    const context = contextOf(text);
    const tokenOf = (row: number): number => draft.tokens[row - 1] as number;
    const verdict = verifier({
      draft,
      noise,
      position: text.length,
      survived: (row) => dropped?.has(row - 1) !== true,
      target(path) {
        const below = path.slice(1).map(tokenOf);
        return targets.of(logits[contextOf(below, context)] as Float32Array, below);
      },
    });
    text.push(...verdict.path.slice(1).map(tokenOf), verdict.bonus);
  }
  return text.slice(START.length);
}

/** What the toy drafters believe of the next token, by context: somewhat like the truth. [vocabulary] */
export const beliefs = Array.from({ length: MEMORY }, (_, context) => makeBelief(context));

function makeBelief(context: number): Float64Array {
  const error = makeLogits(context, 99);
  const weights = Float64Array.from(makeLogits(context), (logit, token) => {
    return Math.exp((logit + (error[token] as number)) / 2);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/**
 * Builds a tree from the root down.
 *
 * @param shape tokens of a node, by level
 * @param childrenOf so many tokens that follow a context, and what they were drawn from if they were
 */
export function growDraft(
  text: readonly number[],
  shape: readonly number[],
  childrenOf: (context: number, count: number) => { tokens: readonly number[]; drawnFrom?: Float64Array },
): DraftTree {
  const tokens: number[] = [];
  const parents: number[] = [];
  const drawnFrom = new Map<number, Float64Array>();
  let level = [{ node: ROOT, context: contextOf(text) }];
  for (const count of shape) {
    const below: typeof level = [];
    for (const { node: parent, context } of level) {
      const children = childrenOf(context, count);
      if (children.drawnFrom !== undefined) drawnFrom.set(parent, children.drawnFrom);
      for (const token of children.tokens) {
        parents.push(parent);
        below.push({ node: tokens.push(token) - 1, context: contextAfter(context, token) });
      }
    }
    level = below;
  }
  return { tokens, parents, logProbs: tokens.map(() => -1), ...(drawnFrom.size > 0 && { drawnFrom }) };
}
