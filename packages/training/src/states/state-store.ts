/** Where base states wait for their next epoch: a list of float arrays that only grows. */
export interface StateStore {
  /** Keeps the array itself or its content; the caller does not change it any more. */
  put(data: Float32Array): Promise<StateHandle>;
  get(handle: StateHandle): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Which of a store's arrays, counted from 0. */
export type StateHandle = number;

export function memoryStates(): StateStore {
  const kept: Float32Array[] = [];
  return {
    put: async (data) => kept.push(data) - 1,
    get: async (handle) => kept[handle] as Float32Array,
    dispose: async () => {
      kept.length = 0;
    },
  };
}
