import type { Run, Task } from "../side.js";

/** What a side's process is told on its command line, as JSON. */
export interface SideSettings {
  /** GGUF. */
  readonly file: string;
  readonly threads: number;
  /** What our rows keep; each of our backends has values of its own. */
  readonly rowPrecision?: string;
  /** Where converted copies lie. */
  readonly cache: string;
}

/** A side's first message. */
export interface Loaded {
  /** Milliseconds since the start of its process. */
  readonly loading: number;
}

export const settings = (): SideSettings => JSON.parse(process.argv[2] as string) as SideSettings;

/** Says that the side is loaded, then answers one task after the other until its parent leaves. */
export function serve(run: (task: Task) => Promise<Run>): void {
  process.on("disconnect", () => process.exit(0));
  process.on("message", (task: Task) => {
    run(task).then(
      (result) => process.send?.(result),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.send?.({ loading: performance.now() } satisfies Loaded);
}
