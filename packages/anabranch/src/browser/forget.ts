import type { Place } from "./place.js";
import { sentPlace } from "./place.js";

/**
 * Removes a model's or an adapter's files from the browser's storage; without a place, all that was kept for this origin.
 *
 * @throws InvalidArgumentError for what is no address; IoError when the browser refuses
 */
export async function forget(place?: string | URL): Promise<void> {
  const { forgetKept } = await import("./storage/forget-kept.js");
  await forgetKept(place === undefined ? undefined : sentPlace(place satisfies Place, "model"));
}
