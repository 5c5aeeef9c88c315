import { describe, expect, it } from "vitest";
import { inventE2ePrompts } from "./e2e-prompts.js";

const given = [
  "name[The Mill], eatType[pub], food[French], area[riverside]",
  "name[Blue Spice], eatType[coffee shop], priceRange[cheap], near[Café Rouge]",
  "name[The Eagle], food[Indian], customer rating[5 out of 5], familyFriendly[no]",
];

describe("inventE2ePrompts", () => {
  it("makes new meanings out of the values given, in the data's order, the same for the same seed", () => {
    const made = inventE2ePrompts(given, 50, 3);
    expect(made).toHaveLength(50);
    expect(new Set([...made, ...given]).size).toBe(53);
    expect(inventE2ePrompts(given, 50, 3)).toEqual(made);
    for (const meaning of made) {
      expect(meaning).toMatch(/^name\[(The Mill|Blue Spice|The Eagle)\](, [a-zA-Z ]+\[[^\]]+\]){2,7}$/);
      for (const part of meaning.split(", ")) expect(given.join()).toContain(part);
    }
  });

  it("ends where there is nothing new to make", () => {
    expect(inventE2ePrompts(["name[A], food[B], area[C]"], 10, 1)).toEqual([]);
  });
});
