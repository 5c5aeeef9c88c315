import type { ByteSource } from "../bytes/byte-source.js";
import { invalidGguf } from "./invalid.js";
import { Window, WindowTooShort } from "./window.js";

const FIRST_WINDOW = 2 ** 20;

/** One item (the vocabulary is the longest) beyond this is no model's header; it bounds what a corrupt file can claim. */
const LONGEST_ITEM = 2 ** 28;

/** Reads a header item by item through a window on the file, which grows only for an item that is longer than it. */
export class HeaderCursor {
  readonly #source: ByteSource;
  #window: Window;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#window = new Window(source.name, source.size, 0, new Uint8Array(0), 0);
  }

  /** Bytes from the file's start. */
  get at(): number {
    return this.#window.at;
  }

  /**
   * Parses one item with plain synchronous reads; where the window ends too soon, again from the item's start.
   *
   * @throws InvalidFileError
   */
  async item<T>(parse: (window: Window) => T): Promise<T> {
    const start = this.at;
    for (let length = FIRST_WINDOW; ; length *= 2) {
      try {
        return parse(this.#window);
      } catch (error) {
        if (!(error instanceof WindowTooShort)) throw error;
        const wanted = Math.max(length, error.end - start);
        if (wanted > LONGEST_ITEM) {
          throw invalidGguf(this.#source.name, `its header has an item of over ${LONGEST_ITEM} bytes at byte ${start}`);
        }
        await this.#open(start, wanted);
      }
    }
  }

  async #open(start: number, length: number): Promise<void> {
    const { name, size } = this.#source;
    const bytes = await this.#source.read(start, Math.min(start + length, size));
    this.#window = new Window(name, size, start, bytes, start);
  }
}
