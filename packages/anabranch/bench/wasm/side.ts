import type { Prompt } from "@anabranch/bench-kit/smollm2-chats";

/** What a side is asked to do: take a prompt in from nothing, then decode plainly and greedily, past the end of the text too. */
export interface Task {
  readonly prompt: Prompt;
  /** Tokens to emit. */
  readonly count: number;
}

/** What it did, by its own clock. */
export interface Run {
  /** Tokens that the side says it took in. */
  readonly promptTokens: number;
  /** Milliseconds until the first token. */
  readonly prefill: number;
  /** Tokens behind the first. */
  readonly steps: number;
  /** Milliseconds that they took. */
  readonly decoding: number;
  /** What was emitted: tokens, or, from an engine that hands out nothing else, text. */
  readonly emitted: readonly number[] | string;
}

/** How many times a rival's speed ours is asked to be. */
export interface Target {
  readonly decoding: number;
  readonly prefill?: number;
}

/** An engine with the model loaded, in a process or a page of its own. It rests between runs. */
export interface Side {
  readonly name: string;
  /** Milliseconds from the start of its process or page until it could run. */
  readonly loading: number;
  run(task: Task): Promise<Run>;
  close(): Promise<void>;
}

/** A side that may be opened. */
export interface Opening {
  readonly name: string;
  readonly target?: Target | undefined;
  open(): Promise<Side>;
}

/** Where sides run: they take turns there, and are compared with each other. */
export interface Place {
  readonly name: string;
  /** The first is ours, which the others are held against. */
  openings(threads: number): readonly Opening[];
  close(): Promise<void>;
}

/** What a place needs to know. */
export interface PlaceSettings {
  /** GGUF of the model. */
  readonly file: string;
  /** What rows keep on our backend. */
  readonly rowPrecision: string;
}
