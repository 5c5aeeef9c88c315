import { availableParallelism, cpus } from "node:os";
import { fingerprint } from "@anabranch/checkpoints";
import {
  type Adapter,
  type AdapterHandle,
  AnabranchError,
  type BackendModel,
  type CostModel,
  type ModelWeights,
} from "@anabranch/core";
import { VERSION } from "../version.js";
import { type CalibrateOptions, calibrateModel } from "./calibrate-model.js";
import { type CostFacts, readCosts, writeCosts } from "./kept-costs.js";
import { areOverstated } from "./overstated.js";

/** What about a machine decides how fast it computes. */
export function machineFacts(): CostFacts {
  const { platform, arch, versions } = process;
  return {
    version: VERSION,
    processor: cpus()[0]?.model,
    cores: availableParallelism(),
    platform,
    arch,
    v8: versions.v8,
  };
}

/** What about a model and its streams does. */
export async function modelFacts(
  weights: ModelWeights,
  { streams, draftVocabulary, transitions, baseFingerprint }: Adapter,
): Promise<CostFacts> {
  return {
    // The adapter's was held against the model's when it was loaded.
    model: baseFingerprint ?? (await fingerprint(weights)),
    streams,
    draftVocabulary: draftVocabulary?.length ?? null,
    transitions: transitions !== undefined,
  };
}

/** Above that, a machine was busy with something else: its costs serve until the process ends, and the next one measures anew. */
const MOST_NOISE = 1.2;

/** A model's costs on this machine: out of the cache where a few passes agree with them, or measured when they are first asked for. */
export class MachineCosts {
  #costs: Promise<CostModel> | undefined;

  constructor(
    private readonly model: BackendModel,
    private readonly adapter: AdapterHandle,
    private readonly facts: CostFacts,
  ) {}

  /** @throws AbortedError; what the model's calls throw */
  async get({ signal }: Pick<CalibrateOptions, "signal"> = {}): Promise<CostModel> {
    for (;;) {
      const mine = this.#costs === undefined;
      this.#costs ??= this.#find(signal);
      try {
        return await this.#costs;
      } catch (error) {
        if (mine) this.#costs = undefined;
        // Who else waited was not the one to abort it.
        if (mine || !AnabranchError.isInstance(error, "ABORTED")) throw error;
      }
    }
  }

  /** Measures again and keeps what comes out. @throws as {@link get} */
  async measure(options: CalibrateOptions = {}): Promise<CostModel> {
    const costs = await calibrateModel(this.model, this.adapter, options);
    await writeCosts(this.facts, costs);
    this.#costs = Promise.resolve(costs);
    return costs;
  }

  async #find(signal: AbortSignal | undefined): Promise<CostModel> {
    const kept = await readCosts(this.facts);
    if (kept !== undefined && !(await areOverstated(kept, this.model, this.adapter, signal))) return kept;
    const costs = await calibrateModel(this.model, this.adapter, signal === undefined ? {} : { signal });
    if ((costs.noise ?? 1) <= MOST_NOISE) await writeCosts(this.facts, costs);
    return costs;
  }
}
