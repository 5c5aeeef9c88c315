import type { Backend } from "@anabranch/core";
import { conformanceCases } from "./conformance-cases.js";
import type { ConformanceOptions } from "./settings.js";

/** What a test hands to its function; Vitest's context has `skip`. */
interface TestContext {
  skip?(reason?: string): void;
}

/** The two functions of a test runner that the suite is registered with: Vitest's, or any runner's of the same form. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: (context: TestContext) => Promise<void>, timeout?: number): unknown;
}

/** Milliseconds that one case may take; only a hang comes near. */
const CASE_TIMEOUT = 300_000;

/**
 * Registers the suite for a backend, one test for each case. A case that says nothing about the backend, because a
 * capability is not declared, is reported as skipped with the reason.
 *
 * @param runner Vitest's `describe` and `it` when absent, which are then imported: await the call.
 */
export async function testBackend(
  name: string,
  createBackend: () => Promise<Backend>,
  runner?: TestRunner,
  options: ConformanceOptions = {},
): Promise<void> {
  const { describe, it } = runner ?? ((await import("vitest")) as unknown as TestRunner);
  let backend: Promise<Backend> | undefined;
  describe(`the backend ${name}`, () => {
    for (const { name: promise, run } of conformanceCases(options)) {
      it(
        promise,
        async (context) => {
          backend ??= createBackend();
          const reason = await run(await backend);
          if (reason !== undefined) context.skip?.(reason);
        },
        CASE_TIMEOUT,
      );
    }
  });
}
