import { describe, expect, it } from "vitest";
import { measureAcceptance } from "./acceptance.js";
import { walkFullTrees } from "./full-trees.js";

describe("walkFullTrees", () => {
  it("accepts tokens as long as they are among the k best, and issues one more", () => {
    // Six tokens, γ = 2. Below token 0: token 1 is the best, token 2 the third.
    const ranks = [0, 2, 9, 9, 1, 0, 0, 0, 0, 9, 9, 9];
    const one = walkFullTrees({ gamma: 2, ranks }, 1);
    // 0 -> 1 accepted, 2 issued; below 2 nothing is right, 3 issued; below 3 both are.
    expect(one.passes.map(({ accepted, emitted }) => [accepted, emitted])).toEqual([
      [1, 2],
      [0, 1],
      [2, 2],
    ]);
    const three = walkFullTrees({ gamma: 2, ranks }, 3);
    expect(three.passes.map(({ accepted, emitted }) => [accepted, emitted])).toEqual([
      [2, 3],
      [2, 2],
    ]);
    expect(measureAcceptance([three]).cr).toBe(2);
    expect(measureAcceptance([walkFullTrees({ gamma: 2, ranks }, 3, 1)]).passes).toBe(4);
  });
});
