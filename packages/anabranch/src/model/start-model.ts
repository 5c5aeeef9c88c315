import type { LoadedAdapter, LoadedModel as StoredModel } from "@anabranch/checkpoints";
import { type AdapterHandle, type Backend, type BackendModel, Phrases, parseOpening } from "@anabranch/core";
import type { Tokenizer } from "@anabranch/tokenizers";
import type { Budgeting } from "./drafting.js";
import { createLanguageModel, type LanguageModel } from "./language-model.js";
import { stopTokensOf } from "./stop-tokens.js";

/** What was read of a model's files, wherever they lie. */
export interface ModelParts {
  readonly name: string;
  readonly base: StoredModel;
  readonly tokenizer: Tokenizer;
  readonly adapterName: string | undefined;
  /** Streams; undefined where the model decodes plainly. */
  readonly adapter: LoadedAdapter | undefined;
  /** Makes drafts keep to what they cost; where it is absent, they have the size that options say. */
  readonly budgeting?: (model: BackendModel, adapter: AdapterHandle) => Budgeting;
}

/**
 * Brings a model, and its streams, onto a backend.
 *
 * @throws what the backend's `load` and `attach` throw; InvalidFileError for an opening that is none; InvalidArgumentError and
 * UnknownTokenError for phrases that are none. Nothing stays in memory then.
 */
export async function startModel(backend: Backend, parts: ModelParts, signal?: AbortSignal): Promise<LanguageModel> {
  const { name, base, tokenizer, adapterName, adapter } = parts;
  const opening =
    adapter?.opening === undefined ? undefined : parseOpening(adapter.opening, adapterName ?? "the adapter");
  const table = adapter?.adapter.phrases;
  const phrases = table && new Phrases(table, base.weights.spec.vocabularySize);
  const model = await backend.load(base.weights, signal === undefined ? {} : { signal });
  const attached = adapter === undefined ? undefined : await attachOrDispose(model, adapter);
  return createLanguageModel({
    name,
    adapterName,
    backendName: backend.name,
    model,
    tokenizer,
    adapter: attached,
    opening,
    phrases,
    budgeting: attached && parts.budgeting?.(model, attached),
    stopTokens: stopTokensOf(tokenizer, base.config.eosTokenIds),
    warnings: [...base.warnings, ...(model.warnings ?? [])],
  });
}

async function attachOrDispose(model: BackendModel, { adapter }: LoadedAdapter) {
  try {
    return await model.attach(adapter);
  } catch (error) {
    await model.dispose();
    throw error;
  }
}
