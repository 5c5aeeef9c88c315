import { InvalidArgumentError } from "commander";

/** Parses any number for commander: which ones make sense is for the library to say. */
export function anyNumber(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a number.");
}
