import { InvalidArgumentError } from "@anabranch/core";
import {
  ARRAY_TYPE,
  type GgufScalarType,
  type GgufValue,
  type GgufValueType,
  SCALAR_BYTES,
  SCALAR_TYPES,
} from "../value.js";

/** Little-endian fields, one after the other, in memory that grows. */
export class HeaderWriter {
  #bytes = new Uint8Array(2 ** 16);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  /** What was written so far. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  u32(value: number): void {
    this.#set("u32", value);
  }

  u64(value: number | bigint): void {
    this.#set("u64", value);
  }

  string(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.u64(bytes.length);
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** A metadata value with its type before it. @throws InvalidArgumentError naming the key where they disagree */
  value(key: string, type: GgufValueType, value: GgufValue): void {
    this.u32(typeNumber(key, type));
    this.#untyped(key, type, value);
  }

  #untyped(key: string, type: GgufValueType, value: GgufValue): void {
    if (!type.endsWith("[]")) {
      if (!isOf(type as GgufScalarType, value)) throw mismatch(key, type);
      if (typeof value === "string") this.string(value);
      else this.#set(type as GgufScalarType, value as number | bigint | boolean);
      return;
    }
    const inner = type.slice(0, -2) as GgufValueType;
    if (!Array.isArray(value)) throw mismatch(key, type);
    this.u32(typeNumber(key, inner));
    this.u64(value.length);
    for (const element of value as readonly GgufValue[]) this.#untyped(key, inner, element);
  }

  #set(type: GgufScalarType, value: number | bigint | boolean): void {
    const at = this.#room(SCALAR_BYTES[type]); // first: it may replace the view
    setters[type](this.#view, at, value);
  }

  /** Zeros up to a multiple of `alignment`. */
  align(alignment: number): void {
    this.#room(Math.ceil(this.#at / alignment) * alignment - this.#at);
  }

  /** Where `length` more bytes go. */
  #room(length: number): number {
    const at = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#at));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}

const setters: Readonly<
  Record<GgufScalarType, (view: DataView, at: number, value: number | bigint | boolean) => void>
> = {
  u8: (view, at, value) => view.setUint8(at, Number(value)),
  i8: (view, at, value) => view.setInt8(at, Number(value)),
  u16: (view, at, value) => view.setUint16(at, Number(value), true),
  i16: (view, at, value) => view.setInt16(at, Number(value), true),
  u32: (view, at, value) => view.setUint32(at, Number(value), true),
  i32: (view, at, value) => view.setInt32(at, Number(value), true),
  f32: (view, at, value) => view.setFloat32(at, Number(value), true),
  f64: (view, at, value) => view.setFloat64(at, Number(value), true),
  bool: (view, at, value) => view.setUint8(at, Number(value)),
  u64: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
  i64: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  string: () => {},
};

function isOf(type: GgufScalarType, value: GgufValue): boolean {
  if (type === "string" || type === "bool") return typeof value === (type === "bool" ? "boolean" : "string");
  if (type === "u64" || type === "i64") return typeof value === "bigint" || Number.isSafeInteger(value);
  return typeof value === "number";
}

function typeNumber(key: string, type: GgufValueType): number {
  if (type.endsWith("[]")) return ARRAY_TYPE;
  const number = SCALAR_TYPES.indexOf(type as GgufScalarType);
  if (number === -1) throw mismatch(key, type);
  return number;
}

function mismatch(key: string, type: GgufValueType): InvalidArgumentError {
  return new InvalidArgumentError(`The value of "${key}" is no ${type}.`, { subject: key });
}
