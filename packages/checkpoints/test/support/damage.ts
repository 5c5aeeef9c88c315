import fc from "fast-check";

/** One way to damage a file: a flipped bit, another byte, a cut, bytes left out, bytes added, or a number made huge. */
export type Damage =
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "set"; readonly at: number; readonly value: number }
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "drop"; readonly at: number; readonly length: number }
  | { readonly kind: "grow"; readonly bytes: Uint8Array }
  | { readonly kind: "huge"; readonly at: number; readonly value: bigint; readonly bytes: 4 | 8 };

/** `at` is a fraction of the file, or (half of the time) of its first 600 bytes, where the header is. */
const place = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  fc.integer({ min: -600, max: -1 }),
);

export const damages: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("flip" as const), at: place, bit: fc.nat({ max: 7 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("set" as const), at: place, value: fc.nat({ max: 255 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cut" as const), at: place }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("drop" as const), at: place, length: fc.integer({ min: 1, max: 64 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("huge" as const),
      at: place,
      value: fc.constantFrom(2n ** 31n - 1n, 2n ** 32n - 1n, 2n ** 40n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 64n - 1n),
      bytes: fc.constantFrom(4 as const, 8 as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("grow" as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }) }),
  },
);

/** The damaged copy; undefined where the damage changes nothing. */
export function damage(bytes: Uint8Array, how: Damage): Uint8Array | undefined {
  if (how.kind === "grow") return Buffer.concat([bytes, how.bytes]);
  const at = how.at < 0 ? (-how.at - 1) % bytes.length : Math.floor(how.at * bytes.length);
  if (how.kind === "cut") return bytes.slice(0, at);
  if (how.kind === "drop") return Buffer.concat([bytes.slice(0, at), bytes.slice(at + how.length)]);
  const copy = Uint8Array.from(bytes);
  if (how.kind === "huge") setNumber(copy, at, how.value, how.bytes);
  else copy[at] = how.kind === "set" ? how.value : (bytes[at] as number) ^ (1 << how.bit);
  return Buffer.compare(copy, bytes) === 0 ? undefined : copy;
}

function setNumber(bytes: Uint8Array, at: number, value: bigint, width: number): void {
  for (let i = 0; i < width && at + i < bytes.length; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 255n);
}
