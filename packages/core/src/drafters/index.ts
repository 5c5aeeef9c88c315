export { type BudgetedStreamDrafterOptions, budgetedStreamDrafter } from "./budgeted-stream-drafter.js";
export * from "./count-opening.js";
export * from "./drafter.js";
export { type Opening, type OpeningNode, openingDraft, withOpening } from "./opening.js";
export * from "./parse-opening.js";
export * from "./plain-drafter.js";
export * from "./seeded-random.js";
export { type StreamDrafterOptions, type StreamTiming, streamDrafter } from "./stream-drafter.js";
export * from "./synthetic-drafter.js";
