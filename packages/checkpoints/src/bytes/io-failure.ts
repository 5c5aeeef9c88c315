import { IoError } from "@anabranch/core";

const cures: Record<string, string> = {
  ENOENT: "Check the path.",
  ENOTDIR: "A part of the path is a file, not a folder: choose another place.",
  EISDIR: "The path is a folder: name a file.",
  EACCES: "Check the permissions.",
  EROFS: "The place is read-only: choose another.",
  ENOSPC: "The disk is full: free some space and try again.",
};

/** The operating system's refusal as a typed error that names the path. */
export function ioError(verb: "read" | "write", path: string, cause: unknown): IoError {
  const code = (cause as { code?: string } | null)?.code ?? "";
  const cure = cures[code];
  const details = { subject: path, cause, ...(cure === undefined ? {} : { cure }) };
  return new IoError(`Cannot ${verb} ${path} (${code || String(cause)}).`, details);
}
