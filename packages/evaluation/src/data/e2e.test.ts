import { describe, expect, it } from "vitest";
import { groupByMeaning, renderE2ePrompt } from "./e2e.js";

describe("groupByMeaning", () => {
  it("keeps the order of first appearance, and gathers rows that are not neighbours", () => {
    const rows = [
      { meaning: "name[B]", reference: "B one" },
      { meaning: "name[A]", reference: "A one" },
      { meaning: "name[B]", reference: "B two" },
    ];
    expect(groupByMeaning(rows)).toEqual([
      { meaning: "name[B]", references: ["B one", "B two"] },
      { meaning: "name[A]", references: ["A one"] },
    ]);
    expect(groupByMeaning([])).toEqual([]);
  });
});

describe("renderE2ePrompt", () => {
  it("changes nothing", () => {
    const meaning = " name[The  “Inn”], area[riverside]\n";
    expect(renderE2ePrompt(meaning)).toBe(meaning);
  });
});
