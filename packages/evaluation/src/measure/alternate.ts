import { InvalidArgumentError, throwIfAborted } from "@anabranch/core";
import { type Summary, summarize } from "../metrics/summary.js";

/** What one run of one side gave. */
export interface RunResult {
  /** Ids emitted within the time measured. */
  readonly tokens: number;
  /** Time spent on them, prefill apart. */
  readonly milliseconds: number;
}

/** One run: of a side's whole workload, or where it has parts of one of them. */
export interface Turn {
  readonly round: number;
  readonly part: number;
  /** The measurement's own. */
  readonly signal: AbortSignal | undefined;
}

export type Side = (turn: Turn) => Promise<RunResult>;

export interface RunProgress {
  /** Runs finished and runs in all. */
  readonly done: number;
  readonly total: number;
  readonly round: number;
  readonly side: string;
  /** Of the round so far; NaN before there are any. */
  readonly tokensPerSecond: number;
}

export interface AlternateOptions<Name extends string> {
  /** At least one; every round runs each of them once, part by part. */
  readonly sides: Readonly<Record<Name, Side>>;
  /** An even number lets the orders cancel exactly. */
  readonly rounds: number;
  /**
   * What a workload consists of, texts say: sides take turns at each, so that what comes and goes within a round slows both. 1 when
   * absent.
   */
  readonly parts?: number;
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
 * Measures sides against each other in alternation, in the order A B, B A, A B, ..., part by part and round by round.
 *
 * A machine that slows down during the measurement (heat, a neighbour) slows both sides of a round about equally, so
 * ratios are taken within rounds; turning the order every time keeps a steady drift from favouring the side that goes
 * first. Runs never overlap.
 *
 * @throws InvalidArgumentError for no sides, no rounds, no parts, an unknown baseline, or a round without tokens or time;
 * AbortedError when the signal fires; whatever a side throws.
 */
export async function alternate<Name extends string>(
  options: AlternateOptions<Name>,
): Promise<Record<Name, SideSpeed>> {
  const { sides, rounds, parts = 1, signal, onProgress } = options;
  const names = Object.keys(sides) as Name[];
  const baseline = options.baseline ?? names[0];
  if (baseline === undefined || !names.includes(baseline)) {
    throw new InvalidArgumentError(`The baseline "${baseline}" is not among the sides.`, { subject: "baseline" });
  }
  if (!Number.isSafeInteger(rounds) || rounds < 1) {
    throw new InvalidArgumentError(`rounds is ${rounds}; it must be a whole number, 1 or more.`, { subject: "rounds" });
  }
  if (!Number.isSafeInteger(parts) || parts < 1) {
    throw new InvalidArgumentError(`There are ${parts} parts; a workload has 1 or more.`, { subject: "parts" });
  }
  const speeds = new Map<Name, number[]>(names.map((name) => [name, []]));
  const total = rounds * parts * names.length;
  let done = 0;
  for (let round = 0; round < rounds; round++) {
    const spent = new Map<Name, RunResult>();
    for (let part = 0; part < parts; part++) {
      for (const side of (round + part) % 2 === 0 ? names : names.toReversed()) {
        throwIfAborted(signal, "The measurement");
        const whole = sum(spent.get(side), await sides[side]({ round, part, signal }));
        throwIfAborted(signal, "The measurement");
        spent.set(side, whole);
        onProgress?.({ done: ++done, total, round, side, tokensPerSecond: perSecond(whole) });
      }
    }
    for (const [side, whole] of spent) speeds.get(side)?.push(speed(whole, side));
  }
  const base = speeds.get(baseline) ?? [];
  const results = names.map((name) => [name, sideSpeed(speeds.get(name) ?? [], base)] as const);
  return Object.fromEntries(results) as Record<Name, SideSpeed>;
}

function sideSpeed(rounds: readonly number[], base: readonly number[]): SideSpeed {
  const ratios = rounds.map((value, round) => value / (base[round] ?? Number.NaN));
  return { rounds, tokensPerSecond: summarize(rounds), ratios, ratio: summarize(ratios) };
}

function sum(before: RunResult | undefined, { tokens, milliseconds }: RunResult): RunResult {
  if (before === undefined) return { tokens, milliseconds };
  return { tokens: before.tokens + tokens, milliseconds: before.milliseconds + milliseconds };
}

const perSecond = ({ tokens, milliseconds }: RunResult): number => (1000 * tokens) / milliseconds;

function speed(run: RunResult, side: string): number {
  const { tokens, milliseconds } = run;
  if (Number.isSafeInteger(tokens) && tokens > 0 && Number.isFinite(milliseconds) && milliseconds > 0) {
    return perSecond(run);
  }
  throw new InvalidArgumentError(`A round of "${side}" gave ${tokens} tokens in ${milliseconds} ms.`, {
    subject: side,
    cure: "Give each enough work to be timed, and count the ids that it emitted.",
  });
}
