import { availableParallelism } from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";
import { threadsFor } from "../src/threads/threads-for.js";

describe("threadsFor", () => {
  afterEach(() => void vi.unstubAllGlobals());

  it("takes what the machine runs at once, 8 at most, and any number that is asked for", () => {
    expect(threadsFor(undefined)).toEqual({ threads: Math.min(8, availableParallelism()), warnings: [] });
    for (const threads of [1, 2, 13]) expect(threadsFor(threads)).toEqual({ threads, warnings: [] });
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "2" as unknown as number])("refuses %s", (wanted) => {
    expect(() => threadsFor(wanted)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", subject: "threads" }));
  });

  it("is one thread where memory cannot be shared, with a warning for whoever would have had more", () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    expect(threadsFor(1)).toEqual({ threads: 1, warnings: [] });
    expect(threadsFor(4)).toEqual({
      threads: 1,
      warnings: [expect.stringContaining("cross-origin isolated")],
    });
  });
});
