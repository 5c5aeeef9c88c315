const marker = Symbol.for("anabranch.error");

/** What an error says beside its message. */
export interface AnabranchErrorDetails {
  /** What was being read or asked: a path, a tensor's name, a field. */
  readonly subject?: string;
  /** What the user can do about it, as one sentence. */
  readonly cure?: string;
  readonly cause?: unknown;
}

/**
 * Base of every error that Anabranch throws on purpose.
 *
 * The marker is a registered symbol, so that {@link AnabranchError.isInstance} holds across two copies of the
 * package in one process, where `instanceof` would not. Every `code` is listed in docs/errors.md.
 */
export abstract class AnabranchError extends Error {
  /** Stable, upper snake case; safe to switch on. */
  abstract readonly code: string;
  readonly subject: string | undefined;
  readonly cure: string | undefined;

  constructor(message: string, details: AnabranchErrorDetails = {}) {
    super(
      details.cure === undefined ? message : `${message} ${details.cure}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.name = new.target.name;
    this.subject = details.subject;
    this.cure = details.cure;
    Object.defineProperty(this, marker, { value: true });
  }

  /** True for an error of this library, whichever copy of it made the error; with a code, only for that one. */
  static isInstance(error: unknown, code?: string): error is AnabranchError {
    return (
      typeof error === "object" &&
      error !== null &&
      (error as Record<symbol, unknown>)[marker] === true &&
      (code === undefined || (error as AnabranchError).code === code)
    );
  }
}
