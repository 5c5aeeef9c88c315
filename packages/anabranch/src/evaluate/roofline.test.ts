import { expect, it } from "vitest";
import type { DecodedSet } from "./decode-set.js";
import { promptSpeeds, rooflineOf } from "./roofline.js";

/** Texts of so many passes and milliseconds each. */
function setOf(
  texts: readonly (readonly [passes: number, milliseconds: number])[],
  passMilliseconds: number,
): DecodedSet {
  const pass = { emitted: 1, drafted: 0, depth: 0, accepted: 0 };
  const sequences = texts.map(([passes, milliseconds]) => ({
    tokens: Array<number>(passes + 1).fill(7),
    milliseconds,
    prefill: { emitted: 1 },
    passes: Array.from({ length: passes }, () => pass),
  }));
  return { sequences, tokens: 0, milliseconds: 0, passMilliseconds };
}

it("the roofline is tokens a pass over what a pass costs in plain ones", () => {
  const plain = setOf(
    [
      [12, 0],
      [8, 0],
    ],
    100,
  ); // 5 ms a pass
  const streams = setOf(
    [
      [5, 0],
      [5, 0],
    ],
    80,
  ); // 8 ms
  expect(rooflineOf(streams, plain, 2)).toEqual({ passCost: 1.6, speedup: 1.25, withFreeRows: 2 });
});

it("texts are ordered by their speed-up, the median over rounds; one without passes is left out", () => {
  const plain = setOf(
    [
      [9, 90],
      [0, 0],
      [9, 60],
    ],
    0,
  );
  const rounds = [100, 60, 90].map((milliseconds) => ({
    plain,
    streams: setOf(
      [
        [9, milliseconds],
        [0, 0],
        [9, 30],
      ],
      0,
    ),
  }));
  expect(promptSpeeds(rounds)).toEqual([
    { sequence: 0, tokens: 10, speedup: 1 },
    { sequence: 2, tokens: 10, speedup: 2 },
  ]);
});
