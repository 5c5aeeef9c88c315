import type { ChatMessage } from "@anabranch/tokenizers";
import type { Generation } from "../../generate/generation.js";
import type { Chat, ChatOptions, GenerateOptions, TurnOptions } from "../language-model.js";
import type { Engine } from "./engine.js";
import { remoteGeneration } from "./remote-pieces.js";

/** A conversation whose keys and values are the worker's. */
export class RemoteChat implements Chat {
  readonly #engine: Engine;
  readonly #options: GenerateOptions;
  readonly #chat: number;
  #messages: readonly ChatMessage[];

  /** @throws what the engine ended with; InvalidArgumentError for messages that cannot be sent */
  constructor(engine: Engine, { system, messages = [], keepCache = true, ...options }: ChatOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#messages = [...(system === undefined ? [] : [{ role: "system", content: system }]), ...messages];
    this.#chat = engine.chat({ messages: this.#messages, keepCache });
  }

  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  send(message: string | ChatMessage, options: TurnOptions = {}): Generation {
    const asked = { chat: this.#chat, message };
    return remoteGeneration(this.#engine, asked, { ...this.#options, ...options }, (messages) => {
      this.#messages = messages;
    });
  }

  dispose(): Promise<void> {
    return this.#engine.free(this.#chat);
  }
}
