import { InvalidArgumentError } from "commander";

/** Parses a whole number within bounds for commander. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least}${most < 1e15 ? ` to ${most}` : ""}.`);
  };
}
