import { chainDraft, type Drafter } from "@anabranch/core";

/** Drafts what followed the last time that the text stood at this token. */
export const repeatDrafter: Drafter = {
  name: "repeat",
  streamsInPass: false,
  async draft({ tokens, bonus, depth }) {
    const before = tokens.lastIndexOf(bonus);
    return chainDraft(before === -1 ? [] : tokens.slice(before + 1, before + 1 + Math.min(depth, 4)));
  },
};
