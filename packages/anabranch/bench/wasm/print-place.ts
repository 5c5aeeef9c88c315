import { summarize } from "@anabranch/evaluation";
import type { Tokenizer } from "@anabranch/tokenizers";
import type { Measured } from "./measure-sides.js";
import { sameText } from "./same-text.js";

const median = (numbers: readonly number[]): number => summarize(numbers).median;

const WIDTHS = [34, 10, 22, 17, 22, 17, 9, 11];

const row = (cells: readonly string[]): string =>
  cells
    .map((cell, index) => (index === 0 ? cell.padEnd(WIDTHS[0] as number) : cell.padStart(WIDTHS[index] as number)))
    .join("");

/**
 * A line a side: medians, and how many times theirs ours is. That is the median of the ratios within a turn, since the machine's
 * speed drifts; both sides' medians stand beside it.
 */
export function printPlace(
  title: string,
  measured: readonly Measured[],
  longTokens: number,
  tokenizer: Tokenizer,
): void {
  const [ours] = measured as [Measured];
  const times = ["ours is", `prefill ${longTokens}, ms`, "ours is", "first token, ms", "load, s"];
  console.log(`\n${row([title, "tokens/s", ...times, "same text"])}`);
  for (const side of measured) {
    const { name, target, speeds, firsts, prefills, loading, emitted } = side;
    const speed = median(ours.speeds.map((each, turn) => each / (speeds[turn] as number)));
    const intake = median(prefills.map((each, turn) => each / (ours.prefills[turn] as number)));
    const same = `${(100 * sameText(ours.emitted, emitted, tokenizer)).toFixed(0)}%`;
    console.log(
      row([
        `  ${name}`,
        median(speeds).toFixed(1),
        side === ours ? "" : ratio(speed, target?.decoding),
        median(prefills).toFixed(0),
        side === ours ? "" : ratio(intake, target?.prefill),
        median(firsts).toFixed(0),
        (loading / 1000).toFixed(1),
        side === ours ? "" : same,
      ]),
    );
  }
}

function ratio(times: number, target: number | undefined): string {
  return `${times.toFixed(2)} times${target === undefined ? "" : ` (of ${target})`}`;
}
