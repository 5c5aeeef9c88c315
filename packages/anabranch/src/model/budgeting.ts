import {
  type AdapterHandle,
  type BackendModel,
  budgetedStreamDrafter,
  type CostModel,
  type DraftLimit,
  type FirstGuesses,
  fasterTiming,
  hasTiming,
  InvalidArgumentError,
  isCostModel,
  Outlook,
  type StreamTiming,
  TrackRecord,
} from "@anabranch/core";
import { BUDGET_NODES, BUDGET_TOP_K } from "../calibrate/budget-limit.js";
import type { CalibrateOptions } from "../calibrate/calibrate-model.js";
import type { CostFacts } from "../calibrate/kept-costs.js";
import { MachineCosts } from "../calibrate/machine-costs.js";
import type { Budgeting } from "./drafting.js";

/** Drafts that what training has counted of an adapter stands for. */
const COUNTED = 8;

/** Where a model's costs on this machine come from, and drafters that keep to them. In Node alone: browsers keep no files. */
export class MachineBudgeting implements Budgeting {
  readonly #costs: MachineCosts;
  readonly #record: TrackRecord;
  readonly #outlook: Outlook;

  constructor(
    model: BackendModel,
    private readonly adapter: AdapterHandle,
    facts: CostFacts,
    guesses?: FirstGuesses,
  ) {
    this.#outlook = new Outlook(guesses);
    this.#record = new TrackRecord(guesses === undefined ? 0 : COUNTED);
    this.#costs = new MachineCosts(model, adapter, facts);
  }

  calibrate(options: CalibrateOptions): Promise<CostModel> {
    return this.#costs.measure(options);
  }

  async timing(nodes: number, signal?: AbortSignal): Promise<StreamTiming> {
    const costs = await this.#costs.get(signal === undefined ? {} : { signal });
    return fasterTiming(costs, BUDGET_NODES, nodes);
  }

  async drafter(
    { budget, streams, lookups, topK = BUDGET_TOP_K, ...limit }: Parameters<Budgeting["drafter"]>[0],
    signal?: AbortSignal,
  ) {
    const { adapter } = this;
    const costs =
      typeof budget === "object" ? checked(budget) : await this.#costs.get(signal === undefined ? {} : { signal });
    const timing = streams === "auto" ? fasterTiming(costs, BUDGET_NODES) : streams;
    // Whether the mode has it says the drafter; whether it was measured, only who measured.
    if (!hasTiming(costs, timing) && adapter.streams.mode === "lossless") throw unmeasured(timing);
    const whole: DraftLimit = { ...limit, topK, nodes: limit.nodes ?? BUDGET_NODES };
    const own = { adapter, timing, limit: whole, costs, record: this.#record };
    return budgetedStreamDrafter({ ...own, outlook: this.#outlook, ...(lookups && { lookups }) });
  }
}

/** Options may come from JavaScript or a file. @throws InvalidArgumentError */
function checked(costs: unknown): CostModel {
  if (isCostModel(costs)) return costs;
  throw new InvalidArgumentError("The budget is no cost model of this version.", {
    subject: "budget",
    cure: 'Measure it with `anabranch calibrate`, or use "auto".',
  });
}

function unmeasured(timing: StreamTiming): InvalidArgumentError {
  return new InvalidArgumentError(`The budget says nothing about ${timing} streams.`, {
    subject: "streams",
    cure: 'Use streams: "auto", or a cost model of this backend.',
  });
}
