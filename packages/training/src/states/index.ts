export { BaseStates, type ForestStates, type RowStates } from "./base-states.js";
export { memoryStates, type StateHandle, type StateStore } from "./state-store.js";
