import {
  type AdapterHandle,
  type BackendModel,
  COST_MODEL_VERSION,
  type CostModel,
  interpolate,
  type StreamTiming,
  throwIfAborted,
} from "@anabranch/core";
import { summarize } from "@anabranch/evaluation";
import { defaultDepth } from "../model/drafting.js";
import { nextTurn } from "../model/next-turn.js";
import { ascending } from "./ascending.js";
import { BUDGET_NODES, BUDGET_TOP_K } from "./budget-limit.js";
import { type DraftSize, StepTimer } from "./step-timer.js";

export interface CalibrateOptions {
  /** About how long it may take, warming up apart; 5 when absent. Slow models are measured with fewer rows and rounds. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CalibrateProgress) => void;
}

export interface CalibrateProgress {
  /** Rounds of measuring. */
  readonly done: number;
  readonly total: number;
  readonly secondsLeft: number;
}

const ROWS = [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32];
/** Rows of passes behind a long context: between them the difference to the short one is a line. */
const FEW_ROWS = [1, 4, 8, 16, 32];
/** Streams beside every row multiply rows: more of these are never worth their time. */
const MOST_ROWS = { deferred: 32, parallel: 16 } as const;
const SHORT = 64;
const LONG = [512, 256];
/**
 * How often each context is measured, one after the other: whatever else the machine does for a second or two then has not been there
 * all the time that one of them had.
 */
const VISITS = 2;
/** Of a visit, at most: time ends them. */
const ROUNDS = { short: 8, long: 5 } as const;
/** Of the time. */
const SHARE = { short: 0.6, long: 0.4 } as const;
/** Rounds for the levels of a Markov head. */
const LEVEL_ROUNDS = 15;
/** Nodes that get children in one level of a Markov head. */
const OPENED = [1, 2, 3, 4, 6, 8];
const SECONDS = 5;
/** Plain steps of a round, behind one that is not counted. */
const PLAIN_STEPS = 3;

/** All times of a context: a pass by rows, with and without streams beside them, and what follows it. */
interface Measured {
  readonly pass: Map<StreamTiming, Map<number, number[]>>;
  readonly streams: number[];
  readonly draft: Map<StreamTiming, number[]>;
  readonly commit: number[];
}

/**
 * Measures what the calls of a step cost: steps of the decoding loop with passes of 1 to 32 rows, streams both ways where the
 * adapter allows it, one after another in rounds, behind a short text and a long one; and the levels of a Markov head. Lower
 * quartiles of the rounds, after one that warms up. The model should do nothing else meanwhile.
 *
 * @throws AbortedError; what the model's calls throw
 */
export async function calibrateModel(
  model: BackendModel,
  adapter: AdapterHandle,
  { seconds = SECONDS, signal, onProgress }: CalibrateOptions = {},
): Promise<CostModel> {
  const timings = timingsOf(model, adapter);
  const size = sizeOf(adapter);
  const room = Math.min(SHORT, Math.floor(model.capabilities.maxPositions / 2));
  const pause = async (): Promise<void> => {
    throwIfAborted(signal, "Calibration");
    await nextTurn();
  };
  const filled = performance.now();
  const timer = await StepTimer.create(model, adapter, room);
  try {
    const tokenTime = (performance.now() - filled) / room;
    const plan = { timings, size, pause };
    const rows = await warmUp(timer, allRows(model), seconds, plan);
    const long = longContext(model, room, tokenTime, seconds);
    const sites = sitesOf(rows, timings, { short: room, long });
    const total = VISITS * sites.reduce((sum, { rounds }) => sum + rounds, 0);
    const start = performance.now();
    let done = 0;
    const report = (): void => {
      const elapsed = (performance.now() - start) / 1000;
      const left = Math.min(seconds - elapsed, (elapsed / ++done) * (total - done));
      onProgress?.({ done, total, secondsLeft: Math.max(0, left) });
    };
    for (let visit = 0; visit < VISITS; visit++) {
      for (const { context, rows: some, rounds, share, measured } of sites) {
        await timer.reach(context);
        if (visit === 0 && context !== room) await warmUp(timer, some, seconds, plan);
        const until = performance.now() + (1000 * seconds * share) / VISITS;
        await measure(timer, measured, { ...plan, rounds, until, report });
      }
    }
    await timer.reach(room);
    const levels = adapter.streams.markov === undefined ? undefined : await markovLevels(timer, timings, pause);
    return costModel(rows, sites, levels);
  } finally {
    await timer.dispose();
  }
}

/** A context that steps are measured behind. */
interface Site {
  readonly context: number;
  readonly rows: readonly number[];
  /** Of a visit, at most. */
  readonly rounds: number;
  /** Of the time. */
  readonly share: number;
  readonly measured: Measured;
}

function sitesOf(
  rows: readonly number[],
  timings: readonly StreamTiming[],
  { short, long }: { readonly short: number; readonly long: number | undefined },
): Site[] {
  const near = { context: short, rows, rounds: ROUNDS.short, measured: nothing(rows, timings) };
  if (long === undefined) return [{ ...near, share: 1 }];
  const few = FEW_ROWS.filter((count) => count <= (rows.at(-1) as number));
  const far = { context: long, rows: few, rounds: ROUNDS.long, measured: nothing(few, timings) };
  return [
    { ...near, share: SHARE.short },
    { ...far, share: SHARE.long },
  ];
}

function nothing(rows: readonly number[], timings: readonly StreamTiming[]): Measured {
  const measured: Measured = { pass: new Map(), streams: [], draft: new Map(), commit: [] };
  for (const timing of timings) {
    measured.pass.set(timing, new Map(rows.filter((count) => count <= MOST_ROWS[timing]).map((count) => [count, []])));
    measured.draft.set(timing, []);
  }
  return measured;
}

interface Plan {
  readonly timings: readonly StreamTiming[];
  readonly size: DraftSize;
  readonly pause: () => Promise<void>;
}

function timingsOf({ capabilities }: BackendModel, { streams }: AdapterHandle): StreamTiming[] {
  const { parallelStreams, deferredStreams } = capabilities;
  return [
    ...(deferredStreams && streams.mode === "lossless" ? (["deferred"] as const) : []),
    ...(parallelStreams || streams.mode === "shared" ? (["parallel"] as const) : []),
  ];
}

/** A draft as the budget asks for; of a Markov head none, since its levels are measured one by one. */
function sizeOf(adapter: AdapterHandle): DraftSize {
  if (adapter.streams.markov !== undefined) return { nodes: 0, topK: BUDGET_TOP_K, depth: 0 };
  return { nodes: BUDGET_NODES, topK: BUDGET_TOP_K, depth: defaultDepth(adapter, {}) };
}

function allRows({ capabilities }: BackendModel): number[] {
  return ROWS.filter((rows) => rows <= Math.min(capabilities.maxRows, capabilities.maxPositions / 4));
}

function longContext(model: BackendModel, short: number, tokenTime: number, seconds: number): number | undefined {
  const most = model.capabilities.maxPositions - 2;
  return LONG.find((length) => length > short && length <= most && tokenTime * length < 300 * seconds);
}

/** Every step once, so that all is compiled. @returns the rows that there is time for: at least the first four */
async function warmUp(timer: StepTimer, rows: readonly number[], seconds: number, plan: Plan): Promise<number[]> {
  const start = performance.now();
  const tried: number[] = [];
  for (const count of rows) {
    if (tried.length >= 4 && performance.now() - start > 1000 * seconds) break;
    tried.push(count);
    for (const timing of plan.timings) {
      if (count > MOST_ROWS[timing]) continue;
      await plan.pause();
      await timer.step(count, timing, plan.size);
    }
  }
  return tried;
}

async function measure(
  timer: StepTimer,
  measured: Measured,
  plan: Plan & { readonly rounds: number; readonly until: number; readonly report: () => void },
): Promise<void> {
  for (let round = 0; round < plan.rounds; round++) {
    if (round > 0 && performance.now() > plan.until) break;
    for (const timing of plan.timings) {
      // The first pass of another kind is slower than those that follow it.
      await timer.step(1, timing, plan.size);
      for (const [count, passes] of measured.pass.get(timing) ?? []) {
        await plan.pause();
        // Plain decoding takes one such step after the other, and each is faster for it.
        if (count === 1) passes.push(...(await plainPasses(timer, timing)));
        const times = await timer.step(count, timing, plan.size);
        if (count > 1) passes.push(times.pass);
        measured.draft.get(timing)?.push(times.draft);
        measured.commit.push(times.commit);
        if (timing === "deferred") measured.streams.push(times.streams);
      }
    }
    plan.report();
  }
}

/** Passes of one row as plain decoding runs them. */
async function plainPasses(timer: StepTimer, timing: StreamTiming): Promise<number[]> {
  const passes: number[] = [];
  for (let step = 0; step <= PLAIN_STEPS; step++) passes.push((await timer.step(1, timing)).pass);
  return passes.slice(1);
}

/** A level by how many nodes get children in it: what a draft of two levels takes beyond one of one. */
async function markovLevels(
  timer: StepTimer,
  timings: readonly StreamTiming[],
  pause: () => Promise<void>,
): Promise<number[]> {
  const timing = timings[0] as StreamTiming;
  const topK = BUDGET_TOP_K;
  const times = new Map<number, number[]>([0, ...OPENED].map((opened) => [opened, []]));
  for (let round = 0; round <= LEVEL_ROUNDS; round++) {
    for (const [opened, all] of times) {
      await pause();
      const size = opened === 0 ? { nodes: topK, topK, depth: 1 } : { nodes: opened, topK, depth: 2 };
      const { draft } = await timer.step(1, timing, size);
      if (round > 0) all.push(draft);
    }
  }
  const first = typical(times.get(0) ?? []);
  const measured = ascending(OPENED.map((opened) => Math.max(0, typical(times.get(opened) ?? []) - first)));
  const most = Math.max(...ROWS);
  // No level is cheaper than the first, which has one node and a token that is often new.
  return Array.from({ length: most }, (_, index) => Math.max(first, interpolate(OPENED, measured, index + 1)));
}

/** See `CostModel.noise`. */
function noiseOf(cells: readonly (readonly number[])[]): number {
  const apart = cells.map((times) => {
    const { median, lowerQuartile } = summarize(times);
    return median / lowerQuartile;
  });
  return summarize(apart).median;
}

/** Whatever else a machine does only adds to a time, and often to most of them: the lower quartile is nearer to the cost. */
function typical(values: readonly number[]): number {
  return summarize(values).lowerQuartile;
}

function costModel(
  rows: readonly number[],
  parts: readonly { readonly context: number; readonly measured: Measured }[],
  levels: readonly number[] | undefined,
): CostModel {
  const { pass, draft, commit } = (parts[0] as (typeof parts)[number]).measured;
  const passes = (timing: StreamTiming): number[][] | undefined => {
    if (!pass.has(timing)) return undefined;
    const tables = parts.map(({ measured }) => [...(measured.pass.get(timing) ?? [])]);
    const costs = tables.map((table) => new Map(table.map(([count, times]) => [count, typical(times)])));
    const base = costs[0] as Map<number, number>;
    return costs.map((table) => {
      const counts = [...table.keys()];
      const beyond = counts.map((count) => (table.get(count) as number) - (base.get(count) as number));
      const known = [...base.keys()];
      const near = known.map((count) => base.get(count) as number);
      return ascending(
        rows.map((count) => Math.max(0, interpolate(known, near, count) + interpolate(counts, beyond, count))),
      );
    });
  };
  const [plain, parallel] = [passes("deferred"), passes("parallel")];
  return {
    version: COST_MODEL_VERSION,
    contexts: parts.map(({ context }) => context),
    rows,
    ...(plain !== undefined && { plain, deferred: parts.map(({ measured }) => typical(measured.streams)) }),
    ...(parallel !== undefined && { parallel }),
    draft: Object.fromEntries([...draft].map(([timing, times]) => [timing, typical(times)])),
    ...(levels !== undefined && { levels }),
    rest: typical(commit),
    noise: noiseOf([...pass.values()].flatMap((table) => [...table.values()])),
  };
}
