export { type FetchFromHubOptions, fetchFromHub } from "./fetch-from-hub.js";
export { type HubPlace, parseHubPlace } from "./hub-place.js";
export type { HubProgress } from "./progress-meter.js";
export type { RetryPolicy } from "./retry-policy.js";
