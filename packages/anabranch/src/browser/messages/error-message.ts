import {
  AbortedError,
  AnabranchError,
  BackendFailedError,
  ChecksumError,
  ContextOverflowError,
  DisposedError,
  DroppedRowError,
  HubError,
  type HubErrorCode,
  InvalidArgumentError,
  InvalidFileError,
  InvalidGraphError,
  IoError,
  MissingTensorError,
  NotFiniteError,
  ShapeMismatchError,
  UnknownTokenError,
  UnsupportedError,
  WrongBaseModelError,
} from "@anabranch/core";

/** An error on its way between a page and its worker: structured cloning would leave only its message. */
export interface ErrorMessage {
  /** Undefined for one that is not ours. */
  readonly code: string | undefined;
  readonly name: string;
  readonly message: string;
  readonly subject: string | undefined;
  readonly cure: string | undefined;
  readonly status: number | undefined;
  readonly cause: ErrorMessage | undefined;
}

const classes = {
  ABORTED: AbortedError,
  BACKEND_FAILED: BackendFailedError,
  CHECKSUM_MISMATCH: ChecksumError,
  CONTEXT_OVERFLOW: ContextOverflowError,
  DISPOSED: DisposedError,
  DROPPED_ROW: DroppedRowError,
  INVALID_ARGUMENT: InvalidArgumentError,
  INVALID_FILE: InvalidFileError,
  INVALID_GRAPH: InvalidGraphError,
  IO: IoError,
  MISSING_TENSOR: MissingTensorError,
  NOT_FINITE: NotFiniteError,
  SHAPE_MISMATCH: ShapeMismatchError,
  UNKNOWN_TOKEN: UnknownTokenError,
  UNSUPPORTED: UnsupportedError,
  WRONG_BASE_MODEL: WrongBaseModelError,
} as const;

export function toErrorMessage(error: unknown): ErrorMessage {
  const ours = AnabranchError.isInstance(error) ? error : undefined;
  const { name, message, cause } = error instanceof Error ? error : new Error(String(error));
  return {
    code: ours?.code,
    name,
    message,
    subject: ours?.subject,
    cure: ours?.cure,
    status: (ours as Partial<HubError> | undefined)?.status,
    cause: cause === undefined ? undefined : toErrorMessage(cause),
  };
}

/** The error again, of its class. */
export function fromErrorMessage({ code, name, message, subject, cure, status, cause }: ErrorMessage): Error {
  const details = {
    ...(subject === undefined ? {} : { subject }),
    ...(cure === undefined ? {} : { cure }),
    ...(cause === undefined ? {} : { cause: fromErrorMessage(cause) }),
  };
  // Our errors' messages end with their cures, which their constructors put there.
  const said = cure !== undefined && message.endsWith(` ${cure}`) ? message.slice(0, -cure.length - 1) : message;
  if (code?.startsWith("HUB_")) {
    return new HubError(code as HubErrorCode, said, { ...details, ...(status === undefined ? {} : { status }) });
  }
  const Class = classes[code as keyof typeof classes] as (typeof classes)[keyof typeof classes] | undefined;
  return Class === undefined ? Object.assign(new Error(message, details), { name }) : new Class(said, details);
}
