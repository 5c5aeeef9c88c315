import { invalidGguf } from "./invalid.js";

/** Thrown by a {@link Window} that ends before the item does, while the file goes on. */
export class WindowTooShort extends Error {
  constructor(readonly end: number) {
    super();
  }
}

/**
 * A stretch of the file that items of the header are read from, one after the other. Places are counted from the file's
 * start. Whatever a count or a length claims is held against the file's end before anything is allocated for it.
 */
export class Window {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  constructor(
    readonly file: string,
    readonly fileSize: number,
    readonly start: number,
    bytes: Uint8Array,
    /** Where the next read begins. */
    public at: number,
  ) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Goes past `length` bytes that are there. @returns where they begin in the window */
  #take(length: number): number {
    const from = this.at - this.start;
    if (from + length > this.#bytes.byteLength) {
      if (this.at + length > this.fileSize) throw this.#truncated(length);
      throw new WindowTooShort(this.at + length);
    }
    this.at += length;
    return from;
  }

  #truncated(length: number): Error {
    return invalidGguf(this.file, `${length} bytes are wanted at byte ${this.at}, and it has ${this.fileSize}`);
  }

  u8 = (): number => this.#view.getUint8(this.#take(1));
  i8 = (): number => this.#view.getInt8(this.#take(1));
  u16 = (): number => this.#view.getUint16(this.#take(2), true);
  i16 = (): number => this.#view.getInt16(this.#take(2), true);
  u32 = (): number => this.#view.getUint32(this.#take(4), true);
  i32 = (): number => this.#view.getInt32(this.#take(4), true);
  f32 = (): number => this.#view.getFloat32(this.#take(4), true);
  f64 = (): number => this.#view.getFloat64(this.#take(8), true);
  u64 = (): number | bigint => narrow(this.#view.getBigUint64(this.#take(8), true));
  i64 = (): number | bigint => narrow(this.#view.getBigInt64(this.#take(8), true));

  bool = (): boolean => {
    const value = this.u8();
    if (value > 1) throw invalidGguf(this.file, `a boolean at byte ${this.at - 1} is ${value}`);
    return value === 1;
  };

  /** A u64 that says how many things of at least `bytesEach` follow: never more than the file has room for. */
  count(bytesEach: number): number {
    const from = this.#take(8);
    // The low half first: nearly every count fits it, and bigints are slow.
    const count = this.#view.getUint32(from, true) + this.#view.getUint32(from + 4, true) * 2 ** 32;
    if (count * bytesEach > this.fileSize - this.at) {
      throw invalidGguf(this.file, `the count ${count} at byte ${this.at - 8} is more than the file has room for`);
    }
    return count;
  }

  string = (): string => {
    const length = this.count(1);
    const from = this.#take(length);
    try {
      return this.#text.decode(this.#bytes.subarray(from, from + length));
    } catch (cause) {
      throw invalidGguf(this.file, `the text at byte ${this.at - length} is not UTF-8`, this.file, cause);
    }
  };
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
