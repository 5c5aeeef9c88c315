import { UnsupportedError } from "@anabranch/core";
import { invalidGguf } from "../invalid.js";
import type { GgufFile } from "../open-gguf.js";
import type { GgufValue } from "../value.js";

/**
 * The metadata of a model's arithmetic, `<architecture>.<key>`, read key by key. What nobody asked for is refused at the end:
 * a key that is not understood may change the arithmetic.
 */
export class ArchitectureFields {
  readonly #file: GgufFile;
  readonly #architecture: string;
  readonly #known = new Set<string>();

  constructor(file: GgufFile, architecture: string) {
    this.#file = file;
    this.#architecture = architecture;
  }

  /** @throws InvalidFileError naming the key where it is missing */
  required(key: string): number {
    const value = this.number(key);
    if (value === undefined) throw this.#invalid(key, "is missing");
    return value;
  }

  /** A number; where the file has one for each layer, the one that they all have. */
  number(key: string): number | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    const [first, ...rest] = Array.isArray(value) ? (value as readonly GgufValue[]) : [value];
    if (rest.some((other) => other !== first)) throw this.refuse(key, "differs between layers");
    if (typeof first !== "number" || !Number.isFinite(first)) throw this.#invalid(key, "is no number");
    return this.#file.metadataTypes.get(this.#name(key))?.startsWith("f32") ? shortest(first) : first;
  }

  text(key: string): string | undefined {
    const value = this.#get(key);
    if (value !== undefined && typeof value !== "string") throw this.#invalid(key, "is no text");
    return value;
  }

  /** Says that the key changes nothing here, whatever its value. */
  ignore(key: string): void {
    this.#get(key);
  }

  /** A switch for each layer: as many as the file has. */
  switches(key: string): readonly boolean[] | undefined {
    const value = this.#get(key);
    if (!Array.isArray(value)) return undefined;
    return (value as readonly GgufValue[]).map((one) => {
      if (typeof one !== "boolean") throw this.#invalid(key, "is no list of booleans");
      return one;
    });
  }

  /** Keys that change nothing here when they have one of these values. */
  harmless(key: string, values: readonly GgufValue[]): void {
    const value = this.#get(key);
    if (value !== undefined && !values.includes(value)) throw this.refuse(key, `is ${String(value)}`);
  }

  /** @throws UnsupportedError naming the first key of the architecture that was not read */
  refuseOthers(): void {
    for (const name of this.#file.metadata.keys()) {
      if (name.startsWith(`${this.#architecture}.`) && !this.#known.has(name)) {
        throw this.refuse(name.slice(this.#architecture.length + 1), "is not known");
      }
    }
  }

  refuse(key: string, what: string): UnsupportedError {
    const name = this.#name(key);
    return new UnsupportedError(`${this.#file.name}: "${name}" ${what}, which Anabranch does not compute.`, {
      subject: name,
      cure: "Use another model, or another file of this one.",
    });
  }

  #get(key: string): GgufValue | undefined {
    this.#known.add(this.#name(key));
    return this.#file.metadata.get(this.#name(key));
  }

  #name(key: string): string {
    return `${this.#architecture}.${key}`;
  }

  #invalid(key: string, what: string): Error {
    return invalidGguf(this.#file.name, `"${this.#name(key)}" ${what}`, this.#name(key));
  }
}

/** The shortest decimal that rounds to this float32: 1e-5 again, where the file could only hold 0.00000999999974…. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
