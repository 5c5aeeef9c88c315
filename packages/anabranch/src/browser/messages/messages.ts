import type { Step } from "@anabranch/core";
import type { ChatMessage } from "@anabranch/tokenizers";
import type { FinishReason, GeneratedToken, PromptReport } from "../../generate/generation.js";
import type { Places, SentSettings } from "../engine/load-here.js";
import type { GenerateOptions } from "../language-model.js";
import type { LoadProgress } from "../load-options.js";
import type { ErrorMessage } from "./error-message.js";

/** How many pieces of a text the worker goes ahead of whoever reads them. */
export const AHEAD = 32;

/** Settings of a text without what cannot be sent. */
export type SentOptions = Omit<GenerateOptions, "signal" | "onStep">;

/** What is to be generated. */
export type TextRequest = { readonly options: SentOptions; readonly steps: boolean } & (
  | { readonly prompt: string | readonly number[] }
  | { readonly chat: number; readonly message: string | ChatMessage }
);

/** A page's messages to its worker. Texts and chats are numbered by the page. */
export type PageMessage =
  | { readonly kind: "load"; readonly places: Places; readonly settings: SentSettings }
  /** What chats need, before the first text of one. */
  | { readonly kind: "templates"; readonly program: string }
  | { readonly kind: "chat"; readonly chat: number; readonly options: SentChat }
  | { readonly kind: "free"; readonly chat: number; readonly call: number }
  | { readonly kind: "begin"; readonly text: number; readonly request: TextRequest }
  /** So many more pieces were read. */
  | { readonly kind: "read"; readonly text: number; readonly pieces: number }
  | { readonly kind: "leave"; readonly text: number };

/** How a chat begins; settings of its turns come with each. */
export interface SentChat {
  /** The system message among them. */
  readonly messages: readonly ChatMessage[];
  readonly keepCache: boolean;
}

/** What a page knows of the model. */
export interface ModelFacts {
  readonly name: string;
  readonly adapterName: string | undefined;
  readonly backendName: string;
  readonly warnings: readonly string[];
  readonly hasChatTemplate: boolean;
}

/** What becomes of a text; "ended" and "failed" are the last. */
export type TextEvent =
  | { readonly kind: "prompt"; readonly report: PromptReport }
  | { readonly kind: "step"; readonly step: Step }
  | { readonly kind: "piece"; readonly piece: GeneratedToken }
  /** `messages`: a chat's history, which the answer is part of now. */
  | { readonly kind: "ended"; readonly finish: FinishReason; readonly messages: readonly ChatMessage[] | undefined }
  | { readonly kind: "failed"; readonly error: ErrorMessage };

/** A worker's messages to its page. */
export type WorkerMessage =
  /** It runs; it holds a lock of that name while it lives. */
  | { readonly kind: "started"; readonly lock: string | undefined }
  | { readonly kind: "progress"; readonly progress: LoadProgress }
  | { readonly kind: "loaded"; readonly facts: ModelFacts }
  | { readonly kind: "refused"; readonly error: ErrorMessage }
  | { readonly kind: "text"; readonly text: number; readonly event: TextEvent }
  | { readonly kind: "done"; readonly call: number; readonly error: ErrorMessage | undefined };
