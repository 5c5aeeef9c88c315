import { UnsupportedError } from "@anabranch/core";
import type { Database } from "sql.js";

/** Makes an empty data base in memory. */
export type NewDatabase = () => Database;

/**
 * SQLite, compiled to WebAssembly, which is installed only by those who want to run queries.
 *
 * @throws UnsupportedError where the package sql.js is not installed.
 */
export async function openSqlite(): Promise<NewDatabase> {
  const { default: initialize } = await import("sql.js").catch((cause) => {
    throw new UnsupportedError("Running queries needs the package sql.js, which cannot be loaded.", {
      subject: "sql.js",
      cure: "Install it: npm i sql.js",
      cause,
    });
  });
  const { Database } = await initialize();
  return () => new Database();
}
