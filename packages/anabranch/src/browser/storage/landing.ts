import { IoError } from "@anabranch/core";
import type { NewFile, Shelf } from "./shelf.js";

/** Bytes that are held one by one before they become a Blob, which the browser may move to disk. */
const LOOSE = 8 * 2 ** 20;

/** Where a download goes: to storage while that takes it, or into memory. */
export class Landing {
  #shelf: Shelf | undefined;
  #length = 0;
  #file: NewFile | undefined;
  #blobs: Blob[] = [];
  #loose: Uint8Array<ArrayBuffer>[] = [];
  #looseBytes = 0;

  private constructor(
    shelf: Shelf | undefined,
    readonly stored: string,
    private readonly onRefusal: (cause: unknown) => void,
  ) {
    this.#shelf = shelf;
  }

  /** @param onRefusal hears why storage does not take it; it goes into memory then */
  static async open(shelf: Shelf | undefined, onRefusal: (cause: unknown) => void): Promise<Landing> {
    const landing = new Landing(shelf, crypto.randomUUID?.() ?? "", onRefusal);
    await landing.#begin();
    return landing;
  }

  /** Bytes that came. */
  get length(): number {
    return this.#length;
  }

  /** Whether it is in storage. */
  get isKept(): boolean {
    return this.#file !== undefined;
  }

  /** @returns false where storage gave up, and has lost what came before: it must come again, and goes into memory then */
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    try {
      await this.#file?.write(bytes);
    } catch (cause) {
      if (!(await this.#fallBack(cause))) return false;
    }
    if (this.#file === undefined) this.#hold(bytes);
    this.#length += bytes.byteLength;
    return true;
  }

  /** All that came. */
  async finish(): Promise<Blob> {
    try {
      await this.#file?.close();
      const kept = this.isKept ? await this.#shelf?.read(this.stored) : undefined;
      if (kept?.size === this.#length) return kept;
      if (this.isKept) throw new Error("The browser's storage lost a file as it was written.");
    } catch (cause) {
      if (!(await this.#fallBack(cause))) {
        throw new IoError("The browser's storage has lost a file that was written to it.", {
          subject: "storage",
          cause,
        });
      }
    }
    this.#pack();
    return new Blob(this.#blobs);
  }

  /** Forgets what came, for another beginning. */
  async restart(): Promise<void> {
    await this.drop();
    await this.#begin();
  }

  async drop(): Promise<void> {
    [this.#length, this.#blobs, this.#loose, this.#looseBytes] = [0, [], [], 0];
    if (this.#file === undefined) return;
    await this.#file.close().catch(() => undefined);
    this.#file = undefined;
    await this.#shelf?.remove(this.stored).catch(() => undefined);
  }

  async #begin(): Promise<void> {
    try {
      this.#file = await this.#shelf?.create(this.stored);
    } catch (cause) {
      this.#shelf = undefined;
      this.onRefusal(cause);
    }
  }

  /** Takes back what storage has, since it does not take the rest. @returns whether all of it is there */
  async #fallBack(cause: unknown): Promise<boolean> {
    const length = this.#length;
    const blob = await this.#file?.recover(length).catch(() => undefined);
    await this.drop();
    this.#shelf = undefined;
    this.onRefusal(cause);
    if (length > 0 && blob?.size !== length) return false;
    this.#length = length;
    if (blob !== undefined) this.#blobs.push(blob);
    return true;
  }

  #hold(bytes: Uint8Array<ArrayBuffer>): void {
    this.#loose.push(bytes);
    this.#looseBytes += bytes.byteLength;
    if (this.#looseBytes >= LOOSE) this.#pack();
  }

  #pack(): void {
    this.#blobs.push(new Blob(this.#loose));
    [this.#loose, this.#looseBytes] = [[], 0];
  }
}
