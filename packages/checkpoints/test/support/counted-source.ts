import type { ByteSource } from "../../src/index.js";

/** Bytes that count how many of them were asked for. */
export class CountedSource implements ByteSource {
  readonly name = "counted";
  bytesRead = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.length;
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    this.bytesRead += end - start;
    return this.bytes.slice(start, end);
  }

  async close(): Promise<void> {}
}
