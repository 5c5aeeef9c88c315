import type { EvaluationReport, TextFigures } from "./evaluation-report.js";
import { type Column, renderTable } from "./markdown.js";
import { type PaperMethod, type PaperTask, paperTable1 } from "./paper-tables.js";

/** One line of a comparison: a row of the paper, or one of ours. */
export interface ComparisonRow {
  readonly source: "paper" | "here";
  readonly model: string;
  readonly method: string;
  readonly speedup: number;
  readonly cr: number;
  readonly meanAcceptanceLength?: number;
  readonly tokensPerSecond?: number;
  /** Percent, in the tasks where the paper has it. */
  readonly exactMatch?: number;
  readonly executionMatch?: number;
  readonly rouge1?: number;
  readonly rougeLsum?: number;
  readonly differingSequences?: number;
}

export interface BesidePaperOptions {
  /** Rows of the paper to show; by default all four methods. */
  readonly methods?: readonly PaperMethod[];
}

/**
 * The paper's rows for a task (none where the paper does not have it), then ours: for each model and adapter the plain row once, and a row for each report in
 * the order given, losing settings too.
 */
export function besidePaper(
  task: PaperTask | undefined,
  reports: readonly EvaluationReport[],
  { methods }: BesidePaperOptions = {},
): ComparisonRow[] {
  const paper = paperTable1
    .filter((row) => row.task === task && (methods === undefined || methods.includes(row.method)))
    .map(({ task: _, extraParameters: __, ...row }): ComparisonRow => ({ source: "paper", ...row }));
  const plainShown = new Set<string>();
  const ours = reports.flatMap((report) => {
    const key = JSON.stringify([report.model, report.adapter, report.settings.mode, report.backend]);
    const rows = plainShown.has(key) ? [streamingRow(report)] : [plainRow(report), streamingRow(report)];
    plainShown.add(key);
    return rows;
  });
  return [...paper, ...ours];
}

function plainRow({ model, settings, plain }: EvaluationReport): ComparisonRow {
  return {
    source: "here",
    model,
    method: settings.mode === "shared" ? `plain, γ = ${settings.gamma} streams on` : "plain",
    speedup: 1,
    cr: 1,
    meanAcceptanceLength: 1,
    tokensPerSecond: plain.tokensPerSecond,
    ...textFigures(plain),
  };
}

function streamingRow(report: EvaluationReport): ComparisonRow {
  const { mode, gamma, topK, streams, drafter } = report.settings;
  return {
    source: "here",
    model: report.model,
    method: `${drafter}, ${mode}, γ = ${gamma}, k = ${topK}, ${streams}`,
    speedup: report.speedup,
    cr: report.cr,
    meanAcceptanceLength: report.meanAcceptanceLength,
    tokensPerSecond: report.tokensPerSecond,
    ...textFigures(report),
    differingSequences: report.differingSequences,
  };
}

/** Those that a row shows. */
function textFigures({ rouge1, rougeLsum, exactMatch, executionMatch }: TextFigures): TextFigures {
  return {
    ...(exactMatch === undefined ? {} : { exactMatch }),
    ...(executionMatch === undefined ? {} : { executionMatch }),
    ...(rouge1 === undefined ? {} : { rouge1 }),
    ...(rougeLsum === undefined ? {} : { rougeLsum }),
  };
}

const columns: readonly Column<ComparisonRow>[] = [
  { title: "source", value: (row) => row.source },
  { title: "model", value: (row) => row.model },
  { title: "method", value: (row) => row.method },
  { title: "speed-up", value: (row) => row.speedup, decimals: 2 },
  { title: "CR", value: (row) => row.cr, decimals: 2 },
  { title: "mean acceptance length", value: (row) => row.meanAcceptanceLength, decimals: 2 },
  { title: "tokens/s", value: (row) => row.tokensPerSecond, decimals: 1 },
  { title: "exact match", value: (row) => row.exactMatch, decimals: 2 },
  { title: "execution match", value: (row) => row.executionMatch, decimals: 2 },
  { title: "ROUGE-1", value: (row) => row.rouge1, decimals: 2 },
  { title: "ROUGE-Lsum", value: (row) => row.rougeLsum, decimals: 2 },
  { title: "differing sequences", value: (row) => row.differingSequences },
];

/** A Markdown table of a comparison, without the columns that no row fills. */
export function renderComparison(rows: readonly ComparisonRow[]): string {
  return renderTable(
    columns.filter((column) => rows.length === 0 || rows.some((row) => column.value(row) !== undefined)),
    rows,
  );
}
