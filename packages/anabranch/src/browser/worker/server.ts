import type { Chat } from "../../chat/chat.js";
import type { GenerateOptions } from "../../generate/generate-options.js";
import type { LanguageModel } from "../../model/language-model.js";
import { loadHere } from "../engine/load-here.js";
import { toErrorMessage } from "../messages/error-message.js";
import type { ModelFacts, PageMessage, TextRequest, WorkerMessage } from "../messages/messages.js";
import { takeChatTemplates } from "./late-chat-templates.js";
import { OutgoingText } from "./outgoing-text.js";

/** Loads a model, and generates with it what a page asks for. */
export class Server {
  #model: LanguageModel | undefined;
  readonly #chats = new Map<number, Chat>();
  readonly #texts = new Map<number, OutgoingText>();

  constructor(private readonly send: (message: WorkerMessage) => void) {}

  receive(message: PageMessage): void {
    switch (message.kind) {
      case "load":
        void this.#load(message);
        break;
      case "templates":
        takeChatTemplates(message.program);
        break;
      case "chat":
        this.#chats.set(message.chat, (this.#model as LanguageModel).chat(message.options));
        break;
      case "free":
        void this.#answer(message.call, async () => this.#chats.get(message.chat)?.dispose());
        break;
      case "begin":
        void this.#begin(message.text, message.request);
        break;
      case "read":
        this.#texts.get(message.text)?.read(message.pieces);
        break;
      case "leave":
        this.#texts.get(message.text)?.leave();
    }
  }

  async #load({ places, settings }: Extract<PageMessage, { kind: "load" }>): Promise<void> {
    try {
      const onProgress = (progress: Extract<WorkerMessage, { kind: "progress" }>["progress"]): void =>
        this.send({ kind: "progress", progress });
      this.#model = await loadHere(places, settings, { onProgress });
      this.send({ kind: "loaded", facts: factsOf(this.#model) });
    } catch (error) {
      this.send({ kind: "refused", error: toErrorMessage(error) });
    }
  }

  async #begin(number: number, request: TextRequest): Promise<void> {
    const text = new OutgoingText((event) => this.send({ kind: "text", text: number, event }));
    this.#texts.set(number, text);
    const chat = "chat" in request ? this.#chats.get(request.chat) : undefined;
    const options: GenerateOptions = {
      ...request.options,
      signal: text.signal,
      ...(request.steps
        ? { onStep: (step) => this.send({ kind: "text", text: number, event: { kind: "step", step } }) }
        : {}),
    };
    const generation =
      "prompt" in request
        ? (this.#model as LanguageModel).generate(request.prompt, options)
        : (chat as Chat).send(request.message, options);
    await text.run(generation, () => chat?.messages);
    this.#texts.delete(number);
  }

  async #answer(call: number, work: () => Promise<void>): Promise<void> {
    const error = await work().then(() => undefined, toErrorMessage);
    this.send({ kind: "done", call, error });
  }
}

const factsOf = ({ name, adapterName, backendName, warnings, tokenizer }: LanguageModel): ModelFacts => ({
  ...{ name, adapterName, backendName, warnings },
  hasChatTemplate: tokenizer.chatTemplate !== undefined,
});
