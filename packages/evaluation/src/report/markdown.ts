import { InvalidArgumentError } from "@anabranch/core";
import { markdownTable } from "markdown-table";

export interface Column<Row> {
  readonly title: string;
  /** Text, aligned left, or a number, aligned right; undefined where the row has none, shown as a dash. */
  readonly value: (row: Row) => string | number | undefined;
  /** Decimals of numbers; default 0. */
  readonly decimals?: number;
}

/**
 * A Markdown table of `rows`, one line each. A column whose values are all numbers is aligned right.
 *
 * @throws InvalidArgumentError without columns.
 */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  if (columns.length === 0) throw new InvalidArgumentError("A table needs a column.", { subject: "columns" });
  const values = rows.map((row) => columns.map((column) => column.value(row))); // (row, column)
  const align = columns.map((_, c) => {
    const present = values.map((row) => row[c]).filter((value) => value !== undefined);
    return present.length > 0 && present.every((value) => typeof value === "number") ? "r" : "l";
  });
  const titles = columns.map((column) => escapeCell(column.title));
  const body = values.map((row) => row.map((value, c) => cell(value, columns[c]?.decimals ?? 0)));
  // Padding counts displayed characters, not UTF-16 units, so that γ and the like do not shift the columns.
  return markdownTable([titles, ...body], { align, stringLength: (text) => [...text].length });
}

function cell(value: string | number | undefined, decimals: number): string {
  if (value === undefined) return "–";
  return typeof value === "number" ? value.toFixed(decimals) : escapeCell(value);
}

const escapeCell = (text: string): string => text.replace(/[\\|]/g, "\\$&").replace(/\s*\r?\n\s*/g, " ");
