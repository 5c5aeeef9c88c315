import { InvalidArgumentError, throwIfAborted } from "@anabranch/core";
import { type Summary, summarize } from "../metrics/summary.js";

/** What one run of one side gave. */
export interface RunResult {
  /** Ids emitted within the time measured. */
  readonly tokens: number;
  /** Time spent on them, prefill apart. */
  readonly milliseconds: number;
}

/** Runs one side's whole workload once. `signal` is the measurement's own. */
export type Side = (run: { readonly round: number; readonly signal: AbortSignal | undefined }) => Promise<RunResult>;

export interface RunProgress {
  /** Runs finished and runs in all. */
  readonly done: number;
  readonly total: number;
  readonly round: number;
  readonly side: string;
  readonly tokensPerSecond: number;
}

export interface AlternateOptions<Name extends string> {
  /** At least one; every round runs each of them once. */
  readonly sides: Readonly<Record<Name, Side>>;
  /** An even number lets the orders cancel exactly. */
  readonly rounds: number;
  /** The side that ratios divide by; by default the first. */
  readonly baseline?: NoInfer<Name>;
  /** Ends the measurement between runs; a side may end its own run earlier. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

/** Speed of one side, and against the baseline. */
export interface SideSpeed {
  /** [round] */
  readonly rounds: readonly number[];
  readonly tokensPerSecond: Summary;
  /** [round]: this side's tokens a second over the baseline's of the same round. */
  readonly ratios: readonly number[];
  readonly ratio: Summary;
}

/**
 * Measures sides against each other in alternation, in the order A B, B A, A B, ...
 *
 * A machine that slows down during the measurement (heat, a neighbour) slows both sides of a round about equally, so
 * ratios are taken within rounds; turning the order every round keeps a steady drift from favouring the side that goes
 * first. Runs never overlap.
 *
 * @throws InvalidArgumentError for no sides, no rounds, an unknown baseline, or a run without tokens or time;
 * AbortedError when the signal fires; whatever a side throws.
 */
export async function alternate<Name extends string>(
  options: AlternateOptions<Name>,
): Promise<Record<Name, SideSpeed>> {
  const { sides, rounds, signal, onProgress } = options;
  const names = Object.keys(sides) as Name[];
  const baseline = options.baseline ?? names[0];
  if (baseline === undefined || !names.includes(baseline)) {
    throw new InvalidArgumentError(`The baseline "${baseline}" is not among the sides.`, { subject: "baseline" });
  }
  if (!Number.isSafeInteger(rounds) || rounds < 1) {
    throw new InvalidArgumentError(`rounds is ${rounds}; it must be a whole number, 1 or more.`, { subject: "rounds" });
  }
  const speeds = new Map<Name, number[]>(names.map((name) => [name, []]));
  let done = 0;
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? names : names.toReversed()) {
      throwIfAborted(signal, "The measurement");
      const tokensPerSecond = speed(await sides[side]({ round, signal }), side);
      throwIfAborted(signal, "The measurement");
      speeds.get(side)?.push(tokensPerSecond);
      onProgress?.({ done: ++done, total: rounds * names.length, round, side, tokensPerSecond });
    }
  }
  const base = speeds.get(baseline) ?? [];
  const results = names.map((name) => [name, sideSpeed(speeds.get(name) ?? [], base)] as const);
  return Object.fromEntries(results) as Record<Name, SideSpeed>;
}

function sideSpeed(rounds: readonly number[], base: readonly number[]): SideSpeed {
  const ratios = rounds.map((value, round) => value / (base[round] ?? Number.NaN));
  return { rounds, tokensPerSecond: summarize(rounds), ratios, ratio: summarize(ratios) };
}

function speed({ tokens, milliseconds }: RunResult, side: string): number {
  if (Number.isSafeInteger(tokens) && tokens > 0 && Number.isFinite(milliseconds) && milliseconds > 0) {
    return (1000 * tokens) / milliseconds;
  }
  throw new InvalidArgumentError(`A run of "${side}" gave ${tokens} tokens in ${milliseconds} ms.`, {
    subject: side,
    cure: "Give each run enough work to be timed, and count the ids that it emitted.",
  });
}
