import type { RowPrecision } from "../../src/index.js";
import type { TransformersFormat } from "./hugging-face-export/write-folder.js";

/** What one engine did in a process of its own. */
export interface DecodeReport {
  /** From the start of the process to the first token after a short prompt, milliseconds. */
  readonly firstToken: number;
  /** 512 tokens, milliseconds; the better of two. */
  readonly prefill: number;
  /** Plain decoding, tokens a second. */
  readonly tokensPerSecond: number;
  /** Milliseconds of a step of it: the fastest tenth's longest, which other work on the machine disturbs least. */
  readonly fastStep: number;
  /** MiB: the highest that the process had resident. */
  readonly peak: number;
  /** What it says next after each of the texts to check; undefined where the engine chooses nothing. */
  readonly choices?: readonly number[];
}

/** What a child is told: on its command line, as JSON. */
export interface DecodeTask {
  /** float32, int8, int4 or as-stored for ours; the file's own format for llama.cpp. */
  readonly weights: "float32" | "int8" | "int4" | "as-stored";
  readonly blockSize: number;
  /** Of ours. */
  readonly rowPrecision: RowPrecision;
  /** GGUF. */
  readonly file: string;
  readonly cache: string;
  /** The same weights for transformers.js. */
  readonly transformers: { readonly folder: string; readonly format: TransformersFormat };
  readonly threads: number;
  readonly prompt: readonly number[];
  /** What the float32 reference says after it: fed to an engine that chooses nothing. */
  readonly answer: readonly number[];
  readonly long: readonly number[];
  /** How many steps of decoding are timed. */
  readonly tokens: number;
  /** Texts after which the engine says its choice, when everything has been measured. */
  readonly checks: readonly (readonly number[])[];
}

export const taskOf = (): DecodeTask => JSON.parse(process.argv[2] as string) as DecodeTask;

/** When each token came, and which, if the engine chooses. */
export interface Decoded {
  readonly times: readonly number[];
  readonly tokens?: readonly number[];
}

/** Takes a prompt in from nothing, then decodes plainly. */
export type Decode = (ids: readonly number[], count: number) => Promise<Decoded>;

/** Everything that is measured of a loaded engine, printed as JSON; then the process ends. */
export async function measure(decode: Decode): Promise<void> {
  const { prompt, long, tokens: steps, checks } = taskOf();
  await decode(prompt, 1);
  const firstToken = process.uptime() * 1000;
  const { times } = await decode(prompt, steps + 1);
  const tokensPerSecond = (1000 * steps) / ((times[steps] as number) - (times[0] as number));
  const intervals = times.slice(1).map((time, step) => time - (times[step] as number));
  const fastStep = intervals.sort((a, b) => a - b)[Math.floor(steps / 10)] as number;
  let prefill = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 2; round++) {
    const from = performance.now();
    const { times: came } = await decode(long, 1);
    prefill = Math.min(prefill, (came[0] as number) - from);
  }
  const peak = process.resourceUsage().maxRSS / 1024;
  const choices: number[] = [];
  for (const text of checks) choices.push(...((await decode(text, 1)).tokens ?? []));
  const report: DecodeReport = {
    firstToken,
    prefill,
    tokensPerSecond,
    fastStep,
    peak,
    ...(choices.length === 0 ? {} : { choices }),
  };
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
}
