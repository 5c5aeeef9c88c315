import type { Opening, Side, Target } from "./side.js";

/** A side, and how far ours is asked to be ahead of it. */
export interface OpenSide {
  readonly side: Side;
  readonly target: Target | undefined;
}

/** Opens sides one after the other. A rival that cannot run is left out, and why is printed; the first must run. */
export async function openSides(openings: readonly Opening[]): Promise<readonly OpenSide[]> {
  const sides: OpenSide[] = [];
  for (const [index, { name, target, open }] of openings.entries()) {
    try {
      sides.push({ side: await open(), target });
    } catch (error) {
      if (index === 0) throw error;
      const lines = (error as Error).message.split("\n");
      console.log(`left out: ${name}: ${lines.findLast((line) => line.includes("Error")) ?? lines[0]}`);
    }
  }
  return sides;
}
