/** Where a model and its stream adapter lie: folders that `load()` of `anabranch` takes. */
export interface EmbeddedModel {
  /** A Hugging Face folder. */
  readonly model: URL;
  /** The folder of the streams' adapter. */
  readonly adapter: URL;
  /** shared: the main stream sees its streams, and γ belongs to the model; lossless: it never does. */
  readonly mode: "shared" | "lossless";
  /** γ: streams of the adapter. */
  readonly gamma: number;
}

const folder = (path: string): URL => new URL(`../${path}/`, import.meta.url);

/** Trained on next-token loss only; streams added afterwards, which leave its words as they are. */
export const lossless: EmbeddedModel = {
  model: folder("base"),
  adapter: folder("lossless"),
  mode: "lossless",
  gamma: 5,
};

/** Trained together with its streams, which the main stream sees (the paper's shared mode), γ = 3. */
export const shared3: EmbeddedModel = {
  model: folder("shared-3"),
  adapter: folder("shared-3/adapter"),
  mode: "shared",
  gamma: 3,
};
