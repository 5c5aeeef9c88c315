/** What every place begins at a multiple of, so that threads do not write to one cache line without meaning to. */
const LINE = 64;

/** A stretch of memory that holds a value, row-major and dense. */
export interface Place {
  readonly address: number;
  readonly bytes: number;
}

/** Places for values that live for a part of a plan: what one value leaves the next may take. */
export class Arena {
  readonly #free: { at: number; bytes: number }[] = [];
  #end: number;

  /** @param base address of the first place */
  constructor(readonly base: number) {
    this.#end = base;
  }

  /** Bytes that all places need together. */
  get size(): number {
    return this.#end - this.base;
  }

  take(bytes: number): Place {
    const size = Math.max(LINE, Math.ceil(bytes / LINE) * LINE);
    let best: { at: number; bytes: number } | undefined;
    for (const gap of this.#free) if (gap.bytes >= size && gap.bytes < (best?.bytes ?? Infinity)) best = gap;
    if (best === undefined) return this.append(size);
    const address = best.at;
    best.at += size;
    best.bytes -= size;
    if (best.bytes === 0) this.#free.splice(this.#free.indexOf(best), 1);
    return { address, bytes: size };
  }

  /** A place that no value has had before. */
  append(bytes: number): Place {
    const size = Math.ceil(bytes / LINE) * LINE;
    const address = this.#end;
    this.#end += size;
    return { address, bytes: size };
  }

  give({ address, bytes }: Place): void {
    const after = this.#free.find(({ at }) => at === address + bytes);
    const before = this.#free.find((gap) => gap.at + gap.bytes === address);
    if (before !== undefined) {
      before.bytes += bytes + (after?.bytes ?? 0);
      if (after !== undefined) this.#free.splice(this.#free.indexOf(after), 1);
    } else if (after !== undefined) {
      after.at = address;
      after.bytes += bytes;
    } else {
      this.#free.push({ at: address, bytes });
    }
  }
}
