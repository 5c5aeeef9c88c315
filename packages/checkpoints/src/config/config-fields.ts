import { InvalidFileError } from "@anabranch/core";
import * as v from "valibot";
import { checkFields, positive, size } from "./check-fields.js";
import { unsupportedField } from "./unsupported-fields.js";

/** The fields of one config.json, or of an object in it, each read by what it must be. null says the same as an absent field. */
export class ConfigFields {
  constructor(
    readonly json: Readonly<Record<string, unknown>>,
    readonly file: string,
    /** Of field names in messages: "" or "rope_scaling.", say. */
    readonly prefix = "",
    /** What whoever loads the model should know; one list for a file and all objects in it. */
    readonly warnings: string[] = [],
  ) {}

  has(name: string): boolean {
    return this.json[name] !== undefined && this.json[name] !== null;
  }

  /** A positive integer. @throws InvalidFileError naming the field when it is absent and there is no default, or no size */
  size(name: string, otherwise?: number, most?: number): number {
    if (!this.has(name) && otherwise !== undefined) return otherwise;
    return this.#read(name, size(most));
  }

  positive(name: string, otherwise?: number): number {
    if (!this.has(name) && otherwise !== undefined) return otherwise;
    return this.#read(name, positive());
  }

  flag(name: string, otherwise: boolean): boolean {
    return this.has(name) ? this.#read(name, v.boolean()) : otherwise;
  }

  /** A list of so many positive numbers. @throws InvalidFileError naming the field */
  numbers(name: string, count: number): number[] {
    const values = this.#read(name, v.array(positive()));
    if (values.length !== count) throw this.invalid(name, `it has ${values.length} numbers in place of ${count}`);
    return values;
  }

  /** One entry for each layer. @throws InvalidFileError when there are more or fewer; UnsupportedError for another value */
  perLayer<const Value>(name: string, layers: number, known: readonly Value[]): Value[] | undefined {
    if (!this.has(name)) return undefined;
    const values = this.#read(name, v.array(v.unknown()));
    if (values.length !== layers) throw this.invalid(name, `it has ${values.length} entries for ${layers} layers`);
    if (!values.every((value) => known.includes(value as Value))) throw this.refused(name);
    return values as Value[];
  }

  /** An object in here. @throws UnsupportedError when it is something else */
  inside(name: string): ConfigFields | undefined {
    if (!this.has(name)) return undefined;
    const value = this.json[name];
    if (typeof value !== "object" || Array.isArray(value)) throw this.refused(name);
    return new ConfigFields(value as Record<string, unknown>, this.file, `${this.prefix}${name}.`, this.warnings);
  }

  /** @throws UnsupportedError naming the field when it is there with a value other than those */
  only(name: string, ...values: readonly unknown[]): void {
    if (this.has(name) && !values.includes(this.json[name])) throw this.refused(name);
  }

  refused(name: string): Error {
    return unsupportedField(this.prefix + name, this.json[name], this.file);
  }

  invalid(name: string, what: string): InvalidFileError {
    return new InvalidFileError(`${this.file}: field "${this.prefix}${name}" is not valid: ${what}.`, {
      subject: this.prefix + name,
      cure: "Correct the field, or fetch the file again.",
    });
  }

  warn(name: string, what: string): void {
    this.warnings.push(`${this.file}: "${this.prefix}${name}" ${what}.`);
  }

  #read<Schema extends v.GenericSchema>(name: string, schema: Schema): v.InferOutput<Schema> {
    const full = this.prefix + name;
    const read = checkFields(v.object({ [full]: schema }), { [full]: this.json[name] ?? undefined }, this.file);
    return (read as Record<string, unknown>)[full] as v.InferOutput<Schema>;
  }
}
