import type { SqlCondition } from "./conditions.js";

/** A column of a table, as SQLite knows it. */
export interface SqlColumn {
  readonly name: string;
  /** As declared: VARCHAR, INTEGER, ... */
  readonly type: string;
  readonly primaryKey: boolean;
}

type Cell = string | number;

/** Rows that meet every condition, and rows that meet each by chance. */
const WITNESSES = 3;
const LOOSE = 5;

/** Few, so that values meet again in other rows and other tables. */
const words = ["amber", "blue", "coral", "12", "7", "green", "ivory", "3", "olive", "pearl"];
const numbers = 12;

/** Below and above all others: what a row that misses a condition holds elsewhere, so that least and greatest values tell too. */
const extremes = { low: { text: " ", number: -1000 }, high: { text: "~", number: 1_000_000 } } as const;

interface RowPlan {
  readonly missed: (condition: SqlCondition) => boolean;
  /** As near to the conditions' constants as can be: `> 20` and `>= 20` differ by a row with 20. */
  readonly tight?: boolean;
  readonly extreme?: keyof typeof extremes;
}

/**
 * Rows for a table that tell queries apart: some meet all of the reference query's conditions on these columns, for each condition
 * two miss it and meet the others, and some are anything. Columns without a condition get values out of a small store.
 *
 * @param random draws numbers from 0 to 1; the same draws give the same rows.
 * @returns rows in random order; cells in the order of `columns`.
 */
export function madeUpRows(
  columns: readonly SqlColumn[],
  conditions: readonly SqlCondition[],
  random: () => number,
): Cell[][] {
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  // A constant in double quotes that a column is called by is that column.
  const own = conditions.filter(({ column, value }) => names.has(column) && !names.has(String(value).toLowerCase()));
  const row = ({ missed, tight = false, extreme }: RowPlan, number: number): Cell[] =>
    columns.map((column) => {
      const its = own.filter((condition) => condition.column === column.name.toLowerCase());
      if (its.length > 0) return fitting(column, its, { missed, tight }, random);
      if (column.primaryKey) return number + 1;
      if (extreme !== undefined && random() < 0.8) return extremes[extreme][isText(column) ? "text" : "number"];
      return isText(column) ? pick(words, random) : 1 + Math.floor(random() * numbers);
    });
  const missing = (one: SqlCondition) => (condition: SqlCondition) => condition === one;
  const plans: RowPlan[] = [
    ...Array.from({ length: WITNESSES }, (_, index) => ({ missed: () => false, tight: index === 0 })),
    ...own.map((one) => ({ missed: missing(one), tight: true, extreme: "low" as const })),
    ...own.map((one) => ({ missed: missing(one), extreme: "high" as const })),
    ...Array.from({ length: LOOSE }, () => ({ missed: () => random() < 0.5 })),
  ];
  return shuffled(plans, random).map(row);
}

/** A value that meets the conditions but those to miss, if one is found near to the constants; the first of those found. */
function fitting(
  column: SqlColumn,
  conditions: readonly SqlCondition[],
  { missed, tight }: { readonly missed: RowPlan["missed"]; readonly tight: boolean },
  random: () => number,
): Cell {
  const wanted = conditions.map((condition) => ({ condition, holds: !missed(condition) }));
  const all = conditions.flatMap((condition) => near(condition, random)).concat(words);
  const candidates = tight ? all : shuffled(all, random);
  const fits = (cell: Cell): number =>
    wanted.filter(({ condition, holds }) => meets(column, cell, condition) === holds).length;
  return candidates.reduce((best, cell) => (fits(cell) > fits(best) ? cell : best));
}

function near({ operator, value }: SqlCondition, random: () => number): Cell[] {
  if (operator === "like") return [String(value).replaceAll("%", "").replaceAll("_", "a")];
  if (String(value).trim() === "" || !Number.isFinite(Number(value))) return [value];
  const by = 2 + Math.floor(random() * 7);
  return [value, ...[-1, 1, -by, by].map((step) => Number(value) + step)];
}

/** As SQLite compares: texts in a column of texts, else numbers where both are such. */
function meets(column: SqlColumn, cell: Cell, { operator, value }: SqlCondition): boolean {
  if (operator === "like") return likePattern(String(value)).test(String(cell));
  const numeric = !isText(column) && Number.isFinite(Number(cell)) && Number.isFinite(Number(value));
  const [a, b] = numeric ? [Number(cell), Number(value)] : [String(cell), String(value)];
  switch (operator) {
    case "=":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    case ">=":
      return a >= b;
  }
}

function likePattern(pattern: string): RegExp {
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("%", "[\\s\\S]*").replaceAll("_", "[\\s\\S]")}$`, "i");
}

/** SQLite's text affinity. */
function isText({ type }: SqlColumn): boolean {
  return /char|clob|text/i.test(type) && !/int/i.test(type);
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
