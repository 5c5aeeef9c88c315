import { InvalidArgumentError } from "@anabranch/core";

/**
 * Refuses what `JSON.stringify` would change without a word: NaN, undefined in places, maps, dates, functions.
 *
 * @param value absent (undefined) is fine at the top
 * @param where the field, for the message
 */
export function requireJson(value: unknown, where: string): void {
  if (value !== undefined) requireValue(value, where);
}

function requireValue(value: unknown, where: string): void {
  if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) requireValue(value[i], `${where}[${i}]`);
    return;
  }
  if (typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    for (const [key, inner] of Object.entries(value)) requireValue(inner, `${where}.${key}`);
    return;
  }
  throw new InvalidArgumentError(`${where} is no JSON value.`, {
    subject: where,
    cure: "Use plain objects, arrays, strings, booleans, null and finite numbers.",
  });
}
