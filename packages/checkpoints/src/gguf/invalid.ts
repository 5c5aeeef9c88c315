import { InvalidFileError } from "@anabranch/core";

/** @param subject the key or tensor; the file itself when absent */
export function invalidGguf(file: string, what: string, subject = file, cause?: unknown): InvalidFileError {
  return new InvalidFileError(`${file} is not a valid GGUF file: ${what}.`, {
    subject,
    cure: "It is damaged, truncated or of another format: fetch or write it again.",
    cause,
  });
}
