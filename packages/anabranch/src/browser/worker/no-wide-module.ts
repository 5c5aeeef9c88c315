/** What a worker has in place of the engine's compile-wide.ts: pages cannot set V8's flags. */
export function wideModule(): undefined {
  return undefined;
}
