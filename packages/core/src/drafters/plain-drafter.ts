import { EMPTY_DRAFT } from "../tree/draft-tree.js";
import type { Drafter } from "./drafter.js";

/** Plain decoding, one token a pass: drafts nothing. */
export const plainDrafter: Drafter = {
  name: "none",
  streamsInPass: false,
  draft: async () => EMPTY_DRAFT,
};
