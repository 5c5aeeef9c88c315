import { describe, expect, it } from "vitest";
import { type Column, renderTable } from "./markdown.js";

interface Row {
  readonly name: string;
  readonly cr?: number;
}
const columns: Column<Row>[] = [
  { title: "setting", value: (row) => row.name },
  { title: "CR", value: (row) => row.cr, decimals: 2 },
];

describe("renderTable", () => {
  it("aligns numbers right and text left, and shows what is missing as a dash", () => {
    expect(renderTable(columns, [{ name: "γ = 3", cr: 3.675 }, { name: "plain" }, { name: "wide", cr: 10 }])).toBe(
      [
        "| setting |    CR |",
        "| :------ | ----: |",
        "| γ = 3   |  3.67 |",
        "| plain   |     – |",
        "| wide    | 10.00 |",
      ].join("\n"),
    );
  });

  it("keeps one row on one line, whatever the text", () => {
    const lines = renderTable(columns, [{ name: "a|b\n\\c", cr: 1 }]).split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[2]).toBe("| a\\|b \\\\c | 1.00 |");
  });

  it("renders an empty table, and refuses one without columns", () => {
    expect(renderTable(columns, []).split("\n")).toHaveLength(2);
    expect(() => renderTable([], [])).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
});
