/** What one engine did in a process of its own. */
export interface DecodeReport {
  /** From the start of the process to the first token after a short prompt, milliseconds. */
  readonly firstToken: number;
  /** 512 tokens, milliseconds; the better of two. */
  readonly prefill: number;
  /** Plain decoding, tokens a second. */
  readonly tokensPerSecond: number;
  /** MiB: the highest that the process had resident. */
  readonly peak: number;
}

/** What a child is told: on its command line, as JSON. */
export interface DecodeTask {
  /** float32, int8, int4 or as-stored for ours; the file's own format for the others. */
  readonly weights: "float32" | "int8" | "int4" | "as-stored";
  readonly blockSize: number;
  readonly file: string;
  readonly cache: string;
  readonly threads: number;
  readonly prompt: readonly number[];
  readonly long: readonly number[];
  readonly tokens: number;
}

export const taskOf = (): DecodeTask => JSON.parse(process.argv[2] as string) as DecodeTask;

/** Milliseconds since the process started. */
export const sinceStart = (): number => process.uptime() * 1000;

export function report(numbers: Omit<DecodeReport, "peak">): void {
  const peak = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ ...numbers, peak })}\n`, () => process.exit(0));
}
