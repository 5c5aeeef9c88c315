/**
 * Table 1 of Bhendawade et al., "Speculative Streaming: Fast LLM Inference without Auxiliary Models" (ENLSP-IV, PMLR 262,
 * 2024): γ = 3, k = 3, four MSA layers, batch 1, greedy, A100, fp16. Other machines and far larger models than those a
 * laptop runs, so its CR compares with ours and its speed-up only as a ratio.
 */

export type PaperTask = "SqlContext" | "DialogSum" | "E2E-NLG";
export type PaperModel = "Mistral-7B" | "Phi-3 3.8B" | "Llama-2-7B";
export type PaperMethod = "plain" | "Medusa-2" | "EAGLE" | "Speculative Streaming";

export interface PaperRow {
  readonly task: PaperTask;
  readonly model: PaperModel;
  readonly method: PaperMethod;
  /** Against plain decoding of the next-token fine-tune, whose own row has 1. */
  readonly speedup: number;
  readonly cr: number;
  /** Percent; SqlContext's metric. */
  readonly exactMatch?: number;
  /** F times 100; the other tasks' metrics. */
  readonly rouge1?: number;
  readonly rougeLsum?: number;
  /** Parameters beside the fine-tuned model's. */
  readonly extraParameters?: number;
}

type Quality = Pick<PaperRow, "exactMatch" | "rouge1" | "rougeLsum">;
type Measured = readonly [speedup: number, cr: number, quality?: Quality, extraParameters?: number];

const exact = (exactMatch: number): Quality => ({ exactMatch });
const rouge = (rouge1: number, rougeLsum: number): Quality => ({ rouge1, rougeLsum });

function rows(
  task: PaperTask,
  model: PaperModel,
  plain: Quality,
  medusa: Measured,
  eagle: Measured,
  streaming: Measured,
): PaperRow[] {
  const row = (method: PaperMethod, [speedup, cr, quality, extraParameters]: Measured): PaperRow => ({
    task,
    model,
    method,
    speedup,
    cr,
    ...quality,
    ...(extraParameters === undefined ? {} : { extraParameters }),
  });
  return [
    row("plain", [1, 1, plain]),
    row("Medusa-2", medusa),
    row("EAGLE", eagle),
    row("Speculative Streaming", streaming),
  ];
}

/** Every row of Table 1. Where the table gives a method no metric of its own, the row has none. */
export const paperTable1: readonly PaperRow[] = [
  ...rows(
    "SqlContext",
    "Mistral-7B",
    exact(84.16),
    [2.79, 3.18, exact(84.18), 5.9e8],
    [2.75, 3.58, exact(84.16), 2.4e8],
    [2.93, 3.67, exact(84.5), 8.2e4],
  ),
  ...rows(
    "SqlContext",
    "Phi-3 3.8B",
    exact(80.92),
    [2.54, 2.81, exact(81.07)],
    [2.62, 3.37, exact(80.92)],
    [2.92, 3.65, exact(84.1)],
  ),
  ...rows(
    "SqlContext",
    "Llama-2-7B",
    exact(85.37),
    [2.52, 2.98, exact(85.31)],
    [2.59, 3.31, exact(85.37)],
    [2.81, 3.57, exact(85.93)],
  ),
  ...rows(
    "DialogSum",
    "Mistral-7B",
    rouge(44.74, 36.76),
    [1.89, 2.05],
    [1.95, 2.56],
    [2.04, 2.96, rouge(44.89, 37.09)],
  ),
  ...rows("DialogSum", "Phi-3 3.8B", rouge(46.08, 38.28), [2.15, 2.26], [2.05, 2.31], [2.32, 2.85, rouge(46.3, 38.32)]),
  ...rows("DialogSum", "Llama-2-7B", rouge(44.9, 37), [1.76, 1.95], [1.86, 2.57], [1.9, 3.05, rouge(45, 37.85)]),
  ...rows("E2E-NLG", "Mistral-7B", rouge(67.82, 48.99), [2.78, 3.19], [2.85, 3.52], [2.93, 3.67, rouge(68.37, 49.09)]),
  ...rows("E2E-NLG", "Phi-3 3.8B", rouge(68.72, 49.31), [2.39, 2.63], [2.42, 2.76], [2.36, 2.72, rouge(69.38, 50.22)]),
  ...rows("E2E-NLG", "Llama-2-7B", rouge(69.47, 49.54), [2.82, 3.19], [2.79, 3.26], [2.89, 3.38, rouge(69.52, 49.93)]),
];
