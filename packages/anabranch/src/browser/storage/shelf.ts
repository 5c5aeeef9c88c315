/** Files of one place in the browser's storage, by names of ours. */
export interface Shelf {
  /** Undefined where there is no such file. */
  read(name: string): Promise<Blob | undefined>;
  /** @throws what the storage throws, when it is full for instance */
  create(name: string): Promise<NewFile>;
  names(): Promise<readonly string[]>;
  remove(name: string): Promise<void>;
}

/** A file that is written, once, from its beginning to its end. */
export interface NewFile {
  /** @throws what the storage throws, when it is full for instance */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** After the last byte; before, nobody reads it. */
  close(): Promise<void>;
  /** Ends writing; and gives the first so many bytes back, which then lie in memory. */
  recover(length: number): Promise<Blob>;
}

/** Under this name all that we keep lies, so that it can be found, and removed, in one place. */
export const ROOT = "anabranch";

/** A name for a place's files that any storage takes. */
export async function shelfName(address: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(address));
  return Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
