import { describe, expect, it } from "vitest";
import { conformanceCases } from "../src/index.js";
import { mistakes } from "./mistakes.js";
import { wrongBackend } from "./wrong-backend.js";

const cases = conformanceCases({ shrink: false });

describe("the suite fails a backend that", () => {
  for (const { what, noticedBy, mistake } of mistakes) {
    it(what, async () => {
      const noticing = cases.filter(({ name }) => name.startsWith(noticedBy));
      expect(noticing).toHaveLength(1);
      await expect(noticing[0]?.run(wrongBackend(mistake))).rejects.toThrow();
    });
  }
});
