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
 * @param runner `describe` and `it` of Vitest or any like it. Where they are absent, Vitest is imported: await the call then.
 * @throws InvalidArgumentError when no runner is given and Vitest is not there.
 */
export async function testBackend(
  name: string,
  createBackend: () => Promise<Backend>,
  runner?: TestRunner,
  options: ConformanceOptions = {},
): Promise<void> {
  // No await before this where a runner is given: it must hear of the tests in the same turn.
  const { describe, it } = runner ?? (await importVitest());
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

/** By a name that no bundler and no package manager follows: a second copy of Vitest beside yours would run no test. */
async function importVitest(): Promise<TestRunner> {
  const name = "vitest";
  try {
    return (await import(/* @vite-ignore */ name)) as TestRunner;
  } catch (cause) {
    throw new InvalidArgumentError("No test runner was given, and Vitest could not be imported.", {
      cure: 'Pass the runner: testBackend(name, createBackend, { describe, it }), both imported from "vitest", say.',
      cause,
    });
  }
}
