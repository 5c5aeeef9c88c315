import { AnabranchError } from "@anabranch/core";

/** A backend broke the contract; the message says what was expected and what came. */
export class ConformanceFailure extends Error {
  override readonly name = "ConformanceFailure";
}

/** @throws ConformanceFailure unless the condition holds. */
export function expectThat(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new ConformanceFailure(message());
}

/** @throws ConformanceFailure unless the call is refused with the typed error of that code. */
export async function expectRefused(code: string, what: string, call: () => Promise<unknown>): Promise<void> {
  let outcome: string;
  try {
    await call();
    outcome = "it was accepted";
  } catch (error) {
    if (AnabranchError.isInstance(error, code)) return;
    outcome = AnabranchError.isInstance(error) ? `it was refused with ${error.code}: ${error.message}` : `${error}`;
  }
  throw new ConformanceFailure(`${what}: expected ${code}, but ${outcome}`);
}
