import { type Engine, engines, rivals } from "./engines.js";
import type { DecodeReport } from "./report.js";

/** What each engine did, round by round; an engine that could not run has none. */
export type Rounds = Readonly<Record<Engine, readonly DecodeReport[]>>;

type Measure = "tokensPerSecond" | "fastStep" | "prefill" | "firstToken" | "peak";

const measures: readonly [of: Measure, name: string, digits: number][] = [
  ["tokensPerSecond", "tokens/s", 1],
  ["fastStep", "fastest tenth, ms", 2],
  ["prefill", "prefill 512, ms", 0],
  ["firstToken", "first token, ms", 0],
  ["peak", "peak, MiB", 0],
];

export function printHeader(format: string): void {
  console.log(`\n${row(format, engines.ours, (rival) => engines[rival])}`);
}

/** How many choices each engine shares with the reference; "-" for one that chooses nothing, or could not run. */
export function printAgreement(
  reports: Readonly<Partial<Record<Engine, DecodeReport>>>,
  right: readonly number[],
): void {
  const agreed = (engine: Engine): string => {
    const choices = reports[engine]?.choices;
    return choices === undefined ? "-" : String(choices.filter((token, index) => token === right[index]).length);
  };
  console.log(row(`  argmax, of ${right.length}`, agreed("ours"), agreed));
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] as number;

/**
 * One line a measure: the medians, and behind each rival's in brackets ours divided by it, of the medians and, since the machine's
 * speed drifts, the median of the ratios within a round.
 */
export function printTable(rounds: Rounds): void {
  for (const [of, name, digits] of measures) {
    const ours = rounds.ours.map((report) => report[of]);
    const cell = (rival: Engine): string => {
      const theirs = rounds[rival].map((report) => report[of]);
      if (theirs.length === 0) return "-";
      const ratio = median(ours) / median(theirs);
      const byTurn = median(ours.map((each, round) => each / (theirs[round] as number)));
      return `${median(theirs).toFixed(digits)}  (${ratio.toFixed(2)}, ${byTurn.toFixed(2)})`;
    };
    console.log(row(`  ${name}`, median(ours).toFixed(digits), cell));
  }
}

function row(name: string, ours: string, cell: (rival: Engine) => string): string {
  return name.padEnd(22) + ours.padStart(10) + rivals.map((rival) => cell(rival).padStart(26)).join("");
}
