import { type Backend, InvalidArgumentError } from "@anabranch/core";
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
 * @param runner `describe` and `it` of Vitest or any like it; where absent, the global ones. The suite imports no runner, so
 * that it is always registered with the copy that runs your tests.
 * @throws InvalidArgumentError when no runner is given and none is global.
 */
export function testBackend(
  name: string,
  createBackend: () => Promise<Backend>,
  runner: Partial<TestRunner> = globalThis as Partial<TestRunner>,
  options: ConformanceOptions = {},
): void {
  const { describe, it } = runner;
  if (describe === undefined || it === undefined) {
    throw new InvalidArgumentError("There are no global describe and it to register the suite with.", {
      cure: 'Pass the runner: testBackend(name, createBackend, { describe, it }), both imported from "vitest", say.',
    });
  }
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
