export { BaseStates, type ForestStates, type KnownStates, type RowStates } from "./base-states.js";
export { memoryStates, type StateHandle, type StateStore } from "./state-store.js";
