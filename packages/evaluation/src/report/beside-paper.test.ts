import { describe, expect, it } from "vitest";
import { report } from "../../test/report.js";
import { besidePaper, renderComparison } from "./beside-paper.js";
import { paperTable1 } from "./paper-tables.js";

describe("paperTable1", () => {
  it("has four methods for each of three models on each of three tasks", () => {
    const keys = paperTable1.map((row) => `${row.task}/${row.model}/${row.method}`);
    expect(keys).toHaveLength(36);
    expect(new Set(keys).size).toBe(36);
  });

  it("puts Speculative Streaming's best CR on E2E at 3.67, above every rival's on its task", () => {
    const e2e = paperTable1.filter((row) => row.task === "E2E-NLG");
    const best = (method: string) => Math.max(...e2e.filter((row) => row.method === method).map((row) => row.cr));
    expect(best("Speculative Streaming")).toBe(3.67);
    expect(best("EAGLE")).toBe(3.52);
    expect(best("Medusa-2")).toBe(3.19);
  });

  it("gives SQL rows exact match, and the other tasks ROUGE, wherever the paper gives a metric", () => {
    for (const row of paperTable1) {
      const rouge = row.rouge1 !== undefined && row.rougeLsum !== undefined;
      if (row.task === "SqlContext") expect([row.exactMatch !== undefined, rouge]).toEqual([true, false]);
      else if (row.method === "plain" || row.method === "Speculative Streaming") expect(rouge).toBe(true);
    }
  });
});

describe("besidePaper", () => {
  it("puts the paper's rows first, then plain once and every setting", () => {
    const deferred = { ...report, cr: 2, settings: { ...report.settings, streams: "deferred" as const } };
    const rows = besidePaper("E2E-NLG", [report, deferred], { methods: ["Speculative Streaming"] });
    expect(rows.map(({ source, model, method, cr }) => [source, model, method, cr])).toEqual([
      ["paper", "Mistral-7B", "Speculative Streaming", 3.67],
      ["paper", "Phi-3 3.8B", "Speculative Streaming", 2.72],
      ["paper", "Llama-2-7B", "Speculative Streaming", 3.38],
      ["here", "small", "plain, γ = 3 streams on", 1],
      ["here", "small", "streams, shared, γ = 3, k = 3, parallel", 8 / 3],
      ["here", "small", "streams, shared, γ = 3, k = 3, deferred", 2],
    ]);
  });

  it("shows plain decoding again for another adapter", () => {
    const lossless = { ...report, adapter: "other", settings: { ...report.settings, mode: "lossless" as const } };
    const plain = besidePaper("E2E-NLG", [report, lossless], { methods: [] }).filter((row) => row.cr === 1);
    expect(plain.map((row) => row.method)).toEqual(["plain, γ = 3 streams on", "plain"]);
  });
});

describe("renderComparison", () => {
  it("renders a line for each row, numbers aligned right, columns that nobody fills left out", () => {
    const table = renderComparison(besidePaper("E2E-NLG", [report]));
    const lines = table.split("\n");
    expect(lines).toHaveLength(2 + 12 + 2);
    expect(lines[0]).not.toContain("exact match");
    expect(lines[0]).toContain("mean acceptance length");
    expect(lines[1]).toMatch(/^\| :-+ \| :-+ \| :-+ (\| -+: )+\|$/);
    expect(lines.at(-1)).toMatch(/\| here +\| small +\| streams, shared.* \| +2\.10 \| +2\.67 \| +3\.50 \| +420\.0 \|/);
    expect(new Set(lines.map((line) => [...line].length)).size).toBe(1);
  });
});
