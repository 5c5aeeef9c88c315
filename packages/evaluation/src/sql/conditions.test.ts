import { expect, it } from "vitest";
import { sqlConditions } from "./conditions.js";

it.each([
  ['SELECT a FROM t WHERE b = "x"', [["b", "=", "x"]]],
  ['SELECT a FROM t WHERE "No" = 21', [["no", "=", 21]]],
  [
    "SELECT a FROM t AS T1 WHERE T1.b > -3.5 AND T1.C <> 'it''s'",
    [
      ["b", ">", -3.5],
      ["c", "!=", "it's"],
    ],
  ],
  [
    "SELECT a FROM t WHERE y BETWEEN 1 AND 5 OR b LIKE '%x%'",
    [
      ["y", ">=", 1],
      ["y", "<=", 5],
      ["b", "like", "%x%"],
    ],
  ],
  ["SELECT a FROM t WHERE b IN ('p', 'q')", [["b", "=", "p"]]],
  ["SELECT a FROM t JOIN u ON t.id = u.id", []],
  ["SELECT a FROM t WHERE b NOT LIKE 'x'", []],
  ["SELECT a FROM t WHERE b =", []],
])("finds what %s wants of columns", (query, expected) => {
  expect(sqlConditions(query).map(({ column, operator, value }) => [column, operator, value])).toEqual(expected);
});
