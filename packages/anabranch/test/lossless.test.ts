import { modelFile } from "@anabranch/bench-kit/smollm2";
import { expect, it } from "vitest";
import { holdSubject } from "../checks/lossless/hold-subject.js";
import type { Subject } from "../checks/lossless/subject.js";
import { e2eSubject, type SubjectOptions, smollm2Subject } from "../checks/lossless/subjects.js";
import { absent, sharedPath } from "./support/shared.js";

/** `pnpm check:lossless` does the same with 200. */
const PROMPTS = 10;
/** A busy machine with two processors is slow; a model that hangs is slower. */
const minutes = 60_000;

const reason = absent(modelFile) || absent(sharedPath("data", "e2e", "test.csv"));

it.skipIf(reason !== "").each<[string, (options: SubjectOptions) => Promise<Subject>]>([
  ["the E2E model with its own streams", e2eSubject],
  ["SmolLM2 with random streams", smollm2Subject],
])(
  `speculation on wasm gives plain decoding's text, token for token: %s${reason}`,
  async (_, open) => {
    const subject = await open({ prompts: PROMPTS, tokens: 12 });
    try {
      for (const { name, texts, differences, accepted, drafted } of await holdSubject(subject)) {
        expect(texts, name).toBe(PROMPTS);
        expect(differences, name).toEqual([]);
        // Nothing is held where every draft is right, or none.
        expect(accepted, name).toBeGreaterThan(0);
        expect(accepted, name).toBeLessThan(drafted);
      }
    } finally {
      await subject.model.dispose();
    }
  },
  15 * minutes,
);
