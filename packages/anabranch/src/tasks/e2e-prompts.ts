import { seededRandom } from "@anabranch/core";

const order = ["name", "eatType", "food", "priceRange", "customer rating", "area", "familyFriendly", "near"];
const fewest = 3;

/**
 * Made-up meaning representations from the attributes and values of given ones: a name and two to seven other attributes,
 * each with a value drawn as often as it occurs. The same for the same seed; none of the given ones, none twice.
 */
export function inventE2ePrompts(given: readonly string[], count: number, seed: number): string[] {
  const values = new Map<string, string[]>(order.map((attribute) => [attribute, []]));
  for (const meaning of given) {
    for (const [, attribute = "", value = ""] of meaning.matchAll(/([^,[\]]+)\[([^\]]*)\]/g)) {
      values.get(attribute.trim())?.push(value);
    }
  }
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const known = new Set(given);
  const made: string[] = [];
  const usable = order.filter((attribute) => (values.get(attribute) ?? []).length > 0);
  // Small data holds few combinations: give up on finding new ones after a while.
  for (let tries = 0; made.length < count && tries < 20 * count; tries++) {
    const length = fewest + Math.floor(random() * (usable.length - fewest + 1));
    const others = usable.slice(1).map((attribute) => ({ attribute, key: random() }));
    const kept = new Set(
      others
        .sort((a, b) => a.key - b.key)
        .slice(0, length - 1)
        .map(({ attribute }) => attribute),
    );
    const attributes = usable.filter((attribute, index) => index === 0 || kept.has(attribute));
    const meaning = attributes.map((attribute) => `${attribute}[${pick(values.get(attribute) ?? [])}]`).join(", ");
    if (known.has(meaning)) continue;
    known.add(meaning);
    made.push(meaning);
  }
  return made;
}
