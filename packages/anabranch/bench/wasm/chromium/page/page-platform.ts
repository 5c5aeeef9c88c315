import type { Run, Task } from "../../side.js";

/** What a page of the benchmark offers to whoever drives it, as `globalThis.side`. */
export interface PageSide {
  /** Milliseconds from the start of the page until the engine can run. */
  readonly loading: Promise<number>;
  run(task: Task): Promise<Run>;
}

/** What a page is told in its address. */
export interface PageSettings {
  /** Where the model is. */
  readonly model: string;
  readonly threads: number;
  /** What our rows keep. */
  readonly rowPrecision: string;
}

export interface PageWorker {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(message: unknown): void;
}

/** The little of a page and of its worker that is used here; TypeScript declares it only together with the whole DOM. */
interface PagePlatform {
  readonly location: { readonly search: string };
  readonly Worker: new (url: string, options: { type: "module" }) => PageWorker;
  side: PageSide;
  onmessage: PageWorker["onmessage"];
  postMessage(message: unknown): void;
}

export const platform = globalThis as unknown as PagePlatform;

export function pageSettings(): PageSettings {
  const told = new URLSearchParams(platform.location.search);
  const { model = "", threads, rowPrecision = "" } = Object.fromEntries(told);
  return { model, threads: Number(threads), rowPrecision };
}

/** The model's bytes, where both engines want them: in a Blob. */
export async function fetchModel({ model }: PageSettings): Promise<Blob> {
  const response = await fetch(model);
  if (!response.ok) throw new Error(`${model}: ${response.status}`);
  return response.blob();
}
