import { seededRandom } from "@anabranch/core";
import type { Database, SqlValue } from "sql.js";
import { type SqlCondition, sqlConditions } from "./conditions.js";
import { madeUpRows, type SqlColumn } from "./made-up-rows.js";
import { type NewDatabase, openSqlite } from "./open-sqlite.js";
import { sqlTokens } from "./sql-tokens.js";

/** A question with its right query. */
export interface SqlReference {
  /** CREATE TABLE statements. */
  readonly context: string;
  readonly query: string;
}

/**
 * - match: the same rows, in any order, on every data base tried;
 * - differs: other rows on one of them;
 * - fails: it is not one SELECT that runs;
 * - unjudged: the context or the right query does not run, or the right query finds nothing, so that nothing can be said.
 */
export type SqlVerdict = "match" | "differs" | "fails" | "unjudged";

export interface SqlJudge {
  /**
   * Runs a query and the right one on data bases with made-up rows, which are chosen by the right query's conditions: rows that
   * meet them all, rows that miss one, and others.
   */
  judge(prediction: string, reference: SqlReference): SqlVerdict;
}

export interface SqlJudgeOptions {
  /** One data base each. */
  readonly seeds?: readonly number[];
}

export const DEFAULT_SQL_SEEDS: readonly number[] = [1, 2, 3];

/** No query that people ask here has more; beyond, a product of tables would run for ever, and SQLite offers no way to end it. */
const MOST_TABLES = 7;
const MOST_ROWS = 10_000;

/**
 * Execution match: two queries are the same when they find the same rows.
 *
 * @throws UnsupportedError where the package sql.js is not installed.
 */
export async function openSqlJudge({ seeds = DEFAULT_SQL_SEEDS }: SqlJudgeOptions = {}): Promise<SqlJudge> {
  const newDatabase = await openSqlite();
  return {
    judge(prediction, { context, query }) {
      const conditions = sqlConditions(query);
      const found = seeds.map((seed) => compared(newDatabase, { context, query, conditions, seed, prediction }));
      if (found.includes("unjudged") || found.every((verdict) => verdict === "empty")) return "unjudged";
      if (found.includes("fails")) return "fails";
      return found.includes("differs") ? "differs" : "match";
    },
  };
}

interface Trial {
  readonly context: string;
  readonly query: string;
  readonly conditions: readonly SqlCondition[];
  readonly seed: number;
  readonly prediction: string;
}

/** empty: both find nothing, which says little. */
function compared(newDatabase: NewDatabase, trial: Trial): SqlVerdict | "empty" {
  const database = newDatabase();
  try {
    const right = attempt(() => {
      database.run(trial.context);
      const tables = fill(database, trial);
      database.run("PRAGMA query_only = 1");
      if (!mayRun(trial.query, tables)) throw new Error("Not one SELECT.");
      return { tables, rows: rowsOf(database, trial.query) };
    });
    if (right === undefined) return "unjudged";
    const { tables, rows } = right;
    const other = mayRun(trial.prediction, tables) ? attempt(() => rowsOf(database, trial.prediction)) : undefined;
    if (other === undefined) return "fails";
    if (rows.join("\n") !== other.join("\n")) return "differs";
    return rows.length === 0 ? "empty" : "match";
  } finally {
    database.close();
  }
}

function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch {
    return undefined; // What SQLite refuses: the verdict says so.
  }
}

/** Puts rows into every table. Those that a constraint forbids are left out. @returns the tables' names, in lower case */
function fill(database: Database, { conditions, seed }: Trial): Set<string> {
  const random = seededRandom(seed);
  const names = valuesOf(database, "SELECT name FROM sqlite_master WHERE type = 'table'").map(([name]) => String(name));
  for (const table of names) {
    const columns = valuesOf(database, `PRAGMA table_info(${quoted(table)})`).map(
      ([, name, type, , , key]): SqlColumn => ({ name: String(name), type: String(type), primaryKey: Number(key) > 0 }),
    );
    const places = columns.map(() => "?").join();
    const statement = database.prepare(`INSERT OR IGNORE INTO ${quoted(table)} VALUES (${places})`);
    for (const row of madeUpRows(columns, conditions, random)) statement.run(row);
    statement.free();
  }
  return new Set(names.map((name) => name.toLowerCase()));
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** One SELECT without what could go on for ever: common tables may recurse. */
function mayRun(query: string, tables: ReadonlySet<string>): boolean {
  const words = sqlTokens(query).map(({ text }) => text.toLowerCase());
  const named = words.filter((word, at) => {
    const before = words[at - 1] as string;
    return ["from", "join", ","].includes(before) && tables.has(word.replace(/^["`[]|["`\]]$/g, ""));
  });
  return words[0] === "select" && !words.includes("with") && named.length <= MOST_TABLES;
}

/** A query's rows as texts, sorted: a multiset. */
function rowsOf(database: Database, query: string): string[] {
  return valuesOf(database, query)
    .map((row) => JSON.stringify(row.map(rounded)))
    .sort();
}

/** Sums of the same numbers in another order are the same. */
function rounded(value: SqlValue): unknown {
  if (typeof value === "number") return Number(value.toPrecision(10));
  return value instanceof Uint8Array ? Array.from(value) : value;
}

/** @throws where SQLite does, where the text holds more than one statement, and beyond 10,000 rows */
function valuesOf(database: Database, query: string): SqlValue[][] {
  const rows: SqlValue[][] = [];
  let statements = 0;
  for (const statement of database.iterateStatements(query)) {
    if (++statements > 1) throw new Error("More than one statement.");
    while (statement.step()) if (rows.push(statement.get()) > MOST_ROWS) throw new Error("Too many rows.");
  }
  return rows;
}
