import { createHash, type Hash } from "node:crypto";

/** What a file's content must come to: SHA-256 for large files (LFS and Xet), git's SHA-1 of a blob for small ones. */
export interface Digest {
  readonly kind: "sha256" | "git-blob";
  /** Lower-case hex; names the file in the cache too. */
  readonly hex: string;
}

/** Starts computing a digest; git's begins with the kind and the size. */
export function startDigest(kind: Digest["kind"], size: number): Hash {
  return kind === "sha256" ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}
