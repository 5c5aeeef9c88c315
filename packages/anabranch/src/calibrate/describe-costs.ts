import type { CostModel } from "@anabranch/core";
import { renderTable } from "@anabranch/evaluation";

/** A cost model in words and tables. */
export function describeCosts(costs: CostModel): string {
  const { contexts, rows, plain, parallel, deferred, draft, levels, rest, noise } = costs;
  const columns = contexts.flatMap((context, at) => [
    ...(plain === undefined ? [] : [{ title: `pass at ${context}`, of: plain[at] ?? [] }]),
    ...(parallel === undefined ? [] : [{ title: `with streams at ${context}`, of: parallel[at] ?? [] }]),
  ]);
  const passes = renderTable<number>(
    [
      { title: "rows", value: (row) => rows[row] as number },
      ...columns.map(({ title, of }) => ({ title, value: (row: number) => of[row] as number, decimals: 2 })),
    ],
    rows.map((_, row) => row),
  );
  const fixed = (milliseconds: number): string => milliseconds.toFixed(2);
  const lines = [
    ...(deferred ?? []).map((time, at) => `deferred streams at ${contexts[at]}: ${fixed(time)}`),
    ...Object.entries(draft).map(([timing, time]) => `a draft of ${timing} streams: ${fixed(time)}`),
    ...(levels === undefined
      ? []
      : [`a level of the Markov head by nodes: ${levels.slice(0, 8).map(fixed).join(", ")}, ...`]),
    `commit: ${fixed(rest)}`,
    ...(noise === undefined ? [] : [`times of one pass lay apart by ${(100 * (noise - 1)).toFixed(0)}%`]),
  ];
  return `Milliseconds, by tokens in the cache:\n\n${passes}\n\n${lines.join("\n")}`;
}
