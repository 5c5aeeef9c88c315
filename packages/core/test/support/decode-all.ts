import {
  type Adapter,
  type AdapterHandle,
  type BackendModel,
  type Capabilities,
  type DecodeOptions,
  type Drafter,
  decode,
  type Sequence,
  type Step,
} from "../../src/index.js";

export interface Decoded {
  readonly steps: readonly Step[];
  /** Emitted tokens. */
  readonly tokens: readonly number[];
  /** Committed tokens afterwards. */
  readonly committed: number;
}

type Settings = Omit<DecodeOptions, "model" | "sequence" | "drafter"> & {
  readonly adapter?: AdapterHandle;
  readonly drafter?: Drafter | undefined;
};

/** Decodes a prompt in a sequence of its own. */
export async function decodeAll(model: BackendModel, { adapter, ...settings }: Settings): Promise<Decoded> {
  const sequence = await model.createSequence(adapter === undefined ? {} : { adapter });
  try {
    return await decodeIn(model, sequence, settings);
  } finally {
    await sequence.dispose();
  }
}

/** Decodes a prompt in a sequence that may hold text already. */
export async function decodeIn(
  model: BackendModel,
  sequence: Sequence,
  { drafter, ...settings }: Omit<Settings, "adapter">,
): Promise<Decoded> {
  const steps: Step[] = [];
  const options = { model, sequence, ...settings, ...(drafter && { drafter }) };
  for await (const step of decode(options)) steps.push(step);
  return { steps, tokens: steps.flatMap((step) => step.tokens), committed: sequence.length };
}

/** The plain text of a model with an adapter, and the adapter to draft with. */
export async function attachAndDecode(
  model: BackendModel,
  adapter: Adapter,
  settings: Omit<Settings, "adapter" | "drafter">,
): Promise<{ handle: AdapterHandle; plain: Decoded }> {
  const handle = await model.attach(adapter);
  return { handle, plain: await decodeAll(model, { ...settings, adapter: handle }) };
}

/** The model with a smaller declared number of rows for a pass; a pass of more is refused. */
export function withMaxRows(model: BackendModel, maxRows: number): BackendModel {
  return declaring(model, { maxRows }, (rows) => {
    if (rows > maxRows) throw new RangeError(`${rows} rows in a pass of at most ${maxRows}`);
  });
}

/** The model with other capabilities; `onPass` hears how many rows each pass has. */
export function declaring(
  model: BackendModel,
  declared: Partial<Capabilities>,
  onPass: (rows: number) => void,
): BackendModel {
  const capabilities = { ...model.capabilities, ...declared };
  return new Proxy(model, {
    get(target, name) {
      if (name === "capabilities") return capabilities;
      if (name === "pass") {
        const pass: BackendModel["pass"] = (requests, options) => {
          onPass(requests.reduce((sum, request) => sum + request.rows.length, 0));
          return target.pass(requests, options);
        };
        return pass;
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
