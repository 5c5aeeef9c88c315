/**
 * Holds a lock of a new name for as long as this worker lives: a page that waits for it hears of the worker's end, which no
 * event tells. Undefined where there are no locks.
 */
export async function holdLock(): Promise<string | undefined> {
  const { locks } = navigator as Partial<Navigator>;
  if (locks === undefined) return undefined;
  const name = `anabranch worker ${crypto.randomUUID()}`;
  await new Promise<void>((held) => {
    void locks.request(name, () => {
      held();
      return new Promise(() => undefined);
    });
  });
  return name;
}
