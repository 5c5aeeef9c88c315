export * from "./drafter.js";
export * from "./opening.js";
export * from "./plain-drafter.js";
export * from "./seeded-random.js";
export * from "./stream-drafter.js";
export * from "./synthetic-drafter.js";
