import type { Backend } from "@anabranch/core";

/** One thing that the contract promises, and how to find out whether a backend keeps it. */
export interface ConformanceCase {
  readonly name: string;
  /**
   * Rejects when the backend breaks the promise: with a ConformanceFailure that names what was expected, inside fast-check's
   * error with the counterexample where the case is a property. Resolves when it holds; to the reason as text where the case
   * says nothing about this backend, because a capability is not declared.
   */
  run(backend: Backend): Promise<string | undefined>;
}
