/** Whether V8 makes vectors of 256 bits of this module's: see src/compile-wide.ts. */
@external("env", "wide")
export declare const wide: i32;
