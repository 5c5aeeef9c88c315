import { beforeAll, describe, expect, it } from "vitest";
import { openSqlJudge, type SqlJudge, type SqlVerdict } from "./execution-match.js";
import { sqlOverSet } from "./sql-scores.js";

const context = "CREATE TABLE races (driver VARCHAR, team VARCHAR, points INTEGER, year VARCHAR)";
const query = 'SELECT driver FROM races WHERE team = "Red Bull" AND points > 20';

let judge: SqlJudge;
beforeAll(async () => {
  judge = await openSqlJudge();
});

const verdict = (prediction: string, right = query): SqlVerdict => judge.judge(prediction, { context, query: right });

describe("execution match", () => {
  it.each([
    query,
    "SELECT driver FROM races WHERE points > 20 AND team = 'Red Bull'",
    "select r.driver from races r where r.team = 'Red Bull' and r.points >= 21 order by points;",
    "SELECT driver FROM (SELECT * FROM races WHERE points > 20) WHERE team = 'Red Bull'",
  ])("holds for other words that find the same rows: %s", (prediction) => {
    expect(verdict(prediction)).toBe("match");
  });

  it.each([
    ["another column", 'SELECT year FROM races WHERE team = "Red Bull" AND points > 20'],
    ["a condition less", 'SELECT driver FROM races WHERE team = "Red Bull"'],
    ["the other condition less", "SELECT driver FROM races WHERE points > 20"],
    ["another text", 'SELECT driver FROM races WHERE team = "red bull" AND points > 20'],
    ["a neighbouring number", 'SELECT driver FROM races WHERE team = "Red Bull" AND points > 21'],
    ["another comparison", 'SELECT driver FROM races WHERE team = "Red Bull" AND points >= 20'],
    ["OR for AND", 'SELECT driver FROM races WHERE team = "Red Bull" OR points > 20'],
    ["a row for each", 'SELECT DISTINCT "x" FROM races'],
    ["a count", 'SELECT COUNT(driver) FROM races WHERE team = "Red Bull" AND points > 20'],
    ["one row of them", `${query} LIMIT 1`],
  ])("does not hold for %s", (_, prediction) => {
    expect(verdict(prediction)).toBe("differs");
  });

  it.each([
    ["MIN", "MAX"],
    ["MAX", "AVG"],
    ["SUM", "COUNT"],
  ])("tells %s from %s, with conditions and without", (right, wrong) => {
    for (const where of ["", ' WHERE team = "Red Bull"']) {
      const reference = `SELECT ${right}(points) FROM races${where}`;
      expect(verdict(reference, reference)).toBe("match");
      expect(verdict(`SELECT ${wrong}(points) FROM races${where}`, reference)).toBe("differs");
    }
    expect(verdict(`SELECT ${right}(points) FROM races`, `SELECT ${right}(points) FROM races WHERE year = 1998`)).toBe(
      "differs",
    );
  });

  it.each([
    "",
    "Sorry, I cannot.",
    "SELECT nobody FROM races",
    "SELECT driver FROM other",
    "SELECT driver FROM races; SELECT 1",
    "DROP TABLE races",
    "UPDATE races SET points = 30",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n",
    `SELECT races.driver FROM races${" JOIN races".repeat(30)}`,
  ])("fails for what is not one SELECT that runs: %s", (prediction) => {
    expect(verdict(prediction)).toBe("fails");
  });

  it("counts rows that are equal: a multiset, in any order", () => {
    const all = "SELECT team FROM races ORDER BY points";
    expect(verdict("SELECT team FROM races ORDER BY driver DESC", all)).toBe("match");
    expect(verdict("SELECT DISTINCT team FROM races", all)).toBe("differs");
  });

  it("meets in joins", () => {
    const tables = "CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE b (a_id INTEGER, kind TEXT)";
    const right = "SELECT a.name FROM a JOIN b ON a.id = b.a_id WHERE b.kind = 'x'";
    const of = (prediction: string): SqlVerdict => judge.judge(prediction, { context: tables, query: right });
    expect(of("SELECT name FROM a WHERE id IN (SELECT a_id FROM b WHERE kind = 'x')")).not.toBe("fails");
    expect(of("SELECT T1.name FROM b AS T2, a AS T1 WHERE T2.kind = 'x' AND T1.id = T2.a_id")).toBe("match");
    expect(of("SELECT a.name FROM a JOIN b ON a.id = b.a_id")).toBe("differs");
  });

  it.each([
    ["a context that does not run", "CREATE TABLE t (a VARCHAR); CREATE TABLE t (a VARCHAR)", "SELECT a FROM t"],
    ["a right query that does not run", context, "SELECT nobody FROM races"],
    ["a right query that finds nothing", context, "SELECT driver FROM races WHERE points > 20 AND points < 10"],
  ])("judges nothing with %s", (_, given, right) => {
    expect(judge.judge(right, { context: given, query: right })).toBe("unjudged");
  });

  it("finds the same for the same seeds", async () => {
    const again = await openSqlJudge({ seeds: [7] });
    const other = "SELECT driver FROM races WHERE points > 19";
    const first = again.judge(other, { context, query });
    expect(again.judge(other, { context, query })).toBe(first);
  });
});

describe("sqlOverSet", () => {
  it("gives percents, of what could be judged where queries run", () => {
    const examples = [
      { prediction: query.toLowerCase().replace("red bull", "Red Bull"), context, query },
      { prediction: "SELECT driver FROM races WHERE points > 20 AND team = 'Red Bull'", context, query },
      { prediction: "SELECT year FROM races", context, query },
      { prediction: "SELECT 1", context: "CREATE TABLE", query: "SELECT 1" },
    ];
    expect(sqlOverSet(judge, examples)).toEqual({ exactMatch: 50, executionMatch: 200 / 3, executionJudged: 3 });
  });

  it("refuses an empty set", () => {
    expect(() => sqlOverSet(judge, [])).toThrow("at least one example");
  });
});
