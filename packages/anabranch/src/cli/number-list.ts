import { InvalidArgumentError } from "commander";
import { wholeNumber } from "./whole-number.js";

/** Parses whole numbers within bounds for commander: a list of numbers and of ranges, "1,3" or "1..4,8". Ascending, none twice. */
export function numberList(least: number, most: number): (text: string) => number[] {
  const number = wholeNumber(least, most);
  return (text) => {
    const found = text.split(",").flatMap((part) => {
      const [first = "", last, ...more] = part.split("..");
      if (last === undefined) return [number(first)];
      const [from, to] = [number(first), number(last)];
      if (more.length > 0 || to < from) throw new InvalidArgumentError("A range goes upwards, from..to.");
      return Array.from({ length: to - from + 1 }, (_, index) => from + index);
    });
    return [...new Set(found)].sort((a, b) => a - b);
  };
}

/** Parses a comma-separated list of names for commander. */
export function nameList<Name extends string>(names: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    const found = text.split(",");
    const wrong = found.find((name) => !names.includes(name as Name));
    if (wrong === undefined) return names.filter((name) => found.includes(name));
    throw new InvalidArgumentError(`Names among ${names.join(", ")}, with commas between.`);
  };
}
