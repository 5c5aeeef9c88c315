import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageFolders, root } from "./workspace.mjs";

/** Codes that sources declare, of every package: a package above core may have errors of its own. */
function declaredCodes() {
  const sources = packageFolders()
    .map((folder) => join(folder, "src"))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)))
    .filter((file) => file.endsWith("-error.ts"));
  return sources.flatMap((file) => {
    const source = readFileSync(file, "utf8");
    const single = [...source.matchAll(/readonly code = "([^"]+)"/g)].map((match) => match[1]);
    // An error of several codes has a type for them.
    const several = [...source.matchAll(/type \w+Code =([^;]+);/g)].flatMap((match) => [
      ...(match[1] as string).matchAll(/"([^"]+)"/g),
    ]);
    return [...single, ...several.map((match) => match[1])];
  });
}

/** Rows of the table in docs/errors.md: code, cause, cure. */
const rows = readFileSync(join(root, "docs", "errors.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe("docs/errors.md", () => {
  it("lists exactly the codes that the sources declare, each once", () => {
    const documented = rows.map(([code]) => code?.replaceAll("`", ""));
    expect(documented.toSorted()).toEqual(declaredCodes().toSorted());
    expect(new Set(documented).size).toBe(documented.length);
  });

  it("gives a cause and a cure for each", () => {
    for (const [code, cause, cure] of rows) {
      expect(cause, `cause of ${code}`).toMatch(/\w/);
      expect(cure, `cure of ${code}`).toMatch(/\w/);
    }
  });
});
