import { InvalidArgumentError, IoError } from "@anabranch/core";
import type { LoadProgress } from "../load-options.js";
import { type ErrorMessage, fromErrorMessage } from "../messages/error-message.js";
import type { ModelFacts, PageMessage, SentChat, TextRequest, WorkerMessage } from "../messages/messages.js";
import { IncomingText } from "./incoming-text.js";
import { startWorker } from "./start-worker.js";

interface Waiting<Value> {
  resolve(value: Value): void;
  reject(error: Error): void;
}

/** The page's side of a worker: its model's texts, and calls that wait for an answer. */
export class Engine {
  readonly #worker: Worker;
  readonly #endWorker: () => void;
  readonly #texts = new Map<number, IncomingText>();
  readonly #calls = new Map<number, Waiting<void>>();
  #loading: (Waiting<ModelFacts> & { readonly onProgress: ((progress: LoadProgress) => void) | undefined }) | undefined;
  /** Why it can no longer be used. */
  #over: (() => Error) | undefined;
  #count = 0;
  #templates: Promise<void> | undefined;

  /** @throws BackendFailedError */
  constructor() {
    const started = startWorker({
      onMessage: (message) => this.#receive(message),
      onDeath: (cause) => this.end(() => cause),
    });
    [this.#worker, this.#endWorker] = [started.worker, started.end];
  }

  load(
    message: Omit<Extract<PageMessage, { kind: "load" }>, "kind">,
    onProgress: ((progress: LoadProgress) => void) | undefined,
  ): Promise<ModelFacts> {
    return new Promise((resolve, reject) => {
      this.#loading = { resolve, reject, onProgress };
      this.#send({ kind: "load", ...message });
    });
  }

  /** Begins a text. @throws what the engine ended with; InvalidArgumentError for settings that cannot be sent */
  begin(request: TextRequest): { number: number; text: IncomingText } {
    const number = this.#count++;
    const text = new IncomingText((pieces) => this.#send({ kind: "read", text: number, pieces }));
    this.#send({ kind: "begin", text: number, request });
    this.#texts.set(number, text);
    return { number, text };
  }

  /** Leaves a text, wherever it is; settles when the worker has freed it. */
  async leave(number: number, text: IncomingText): Promise<void> {
    if (!text.isOver) this.#send({ kind: "leave", text: number });
    await text.over();
    this.#texts.delete(number);
  }

  /**
   * Gives the worker what chats need, once.
   *
   * @throws IoError where the page cannot fetch it; what the engine ended with
   */
  async takeTemplates(): Promise<void> {
    this.#templates ??= import("./chat-templates.js").then(({ chatTemplatesProgram: program }) =>
      this.#send({ kind: "templates", program }),
    );
    try {
      await this.#templates;
    } catch (cause) {
      this.#templates = undefined;
      if (this.#over !== undefined) throw this.#over();
      const subject = "chat-templates.js";
      const cure = "Serve the files that the page was built into together, and try again.";
      throw new IoError(`${subject} could not be fetched, which chats need.`, { subject, cure, cause });
    }
  }

  /** Begins a chat. @returns its number */
  chat(options: SentChat): number {
    const chat = this.#count++;
    this.#send({ kind: "chat", chat, options });
    return chat;
  }

  /** Frees what a chat keeps. */
  async free(chat: number): Promise<void> {
    if (this.#over !== undefined) return; // Then nothing is kept.
    const call = this.#count++;
    const done = this.#answerTo(call);
    this.#send({ kind: "free", chat, call });
    await done;
  }

  /**
   * Ends the worker, whatever it does; all that waits for it fails.
   *
   * @param grace milliseconds that the worker is left, where it may be ending threads: Chromium 156 never ends a thread whose
   *   worker ends just then, nor that worker
   */
  end(why: () => Error, grace = 0): void {
    if (this.#over !== undefined) return;
    this.#over = why;
    if (grace === 0) this.#endWorker();
    else setTimeout(this.#endWorker, grace);
    this.#loading?.reject(why());
    for (const { reject } of this.#calls.values()) reject(why());
    for (const text of this.#texts.values()) text.cut(why);
  }

  #answerTo(call: number): Promise<void> {
    return new Promise((resolve, reject) => this.#calls.set(call, { resolve, reject }));
  }

  #send(message: PageMessage): void {
    if (this.#over !== undefined) throw this.#over();
    try {
      this.#worker.postMessage(message);
    } catch (cause) {
      throw new InvalidArgumentError("The settings hold something that cannot be sent to a worker.", {
        subject: "options",
        cure: "Name a drafter in place of passing one, or load with worker: false in a worker of your own.",
        cause,
      });
    }
  }

  #receive(message: WorkerMessage): void {
    switch (message.kind) {
      case "progress":
        this.#loading?.onProgress?.(message.progress);
        break;
      case "loaded":
        this.#loading?.resolve(message.facts);
        break;
      case "refused":
        this.#loading?.reject(fromErrorMessage(message.error));
        break;
      case "text":
        this.#texts.get(message.text)?.push(message.event);
        break;
      case "done":
        this.#done(message.call, message.error);
    }
  }

  #done(call: number, error: ErrorMessage | undefined): void {
    const waiting = this.#calls.get(call);
    this.#calls.delete(call);
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(fromErrorMessage(error));
  }
}
