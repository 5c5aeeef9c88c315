@external("env", "wide")
declare const wide: i32;

/**
 * Whether V8 makes vectors of 256 bits of this module's: see src/compile-wide.ts. What is only for them is not in the builds for
 * browsers.
 */
@inline
export function isWide(): bool {
  return MAY_BE_WIDE && wide != 0;
}
