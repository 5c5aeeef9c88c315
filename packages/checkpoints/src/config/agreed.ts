import type { ConfigFields } from "./config-fields.js";

/** A number that may stand in several places. @throws InvalidFileError when they contradict each other */
export function agreed(
  places: readonly ConfigFields[],
  name: string,
  kind: "positive" | "size" = "positive",
): number | undefined {
  const found = places.filter((place) => place.has(name));
  const [first] = found;
  const value = first?.[kind](name);
  const other = found.find((place) => place[kind](name) !== value);
  if (other !== undefined) throw other.invalid(name, `"${first?.prefix}${name}" is ${value}`);
  return value;
}
