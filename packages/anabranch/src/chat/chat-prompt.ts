import type { ChatMessage, ChatTemplate, Tokenizer } from "@anabranch/tokenizers";
import { slide } from "../generate/slide.js";
import type { TextRequest } from "../generate/text-steps.js";

/** Turns a conversation into token ids, and leaves old turns out once it no longer fits. */
export class ChatPrompt {
  /** Messages after the system message that a slide has left out; they stay out, or every turn would slide again. */
  #dropped = 0;

  constructor(
    private readonly template: ChatTemplate,
    private readonly tokenizer: Tokenizer,
    private readonly maxPositions: number,
  ) {}

  of(messages: readonly ChatMessage[]): Pick<TextRequest, "prompt" | "shorten"> {
    return {
      prompt: this.#render(this.#remaining(messages)),
      shorten: (emitted) => this.#shorten(messages, emitted),
    };
  }

  #shorten(messages: readonly ChatMessage[], emitted: readonly number[]): readonly number[] {
    for (;;) {
      const prompt = [...this.#render(this.#remaining(messages)), ...emitted];
      if (prompt.length <= this.maxPositions / 2) return prompt;
      const next = this.#nextDrop(messages);
      if (next !== undefined) this.#dropped = next;
      else if (prompt.length < this.maxPositions) return prompt;
      else return slide(prompt, this.#frame(messages), this.maxPositions);
    }
  }

  #remaining(messages: readonly ChatMessage[]): readonly ChatMessage[] {
    const start = firstTurn(messages);
    return [...messages.slice(0, start), ...messages.slice(start + this.#dropped)];
  }

  /** How many messages are left out when the oldest turn goes too; undefined when only the last turn is there. */
  #nextDrop(messages: readonly ChatMessage[]): number | undefined {
    const start = firstTurn(messages);
    const turns = messages.slice(start);
    const next = turns.findIndex(({ role }, index) => index > this.#dropped && role === "user");
    return next === -1 ? undefined : next;
  }

  /** How many tokens the template begins with before the words of the last turn: the system message, and the turn's head. */
  #frame(messages: readonly ChatMessage[]): number {
    const system = messages.slice(0, firstTurn(messages));
    const [one, other] = ["a", "b"].map((content) => this.#render([...system, { role: "user", content }])) as [
      number[],
      number[],
    ];
    const common = one.findIndex((token, index) => token !== other[index]);
    return Math.max(0, common);
  }

  #render(messages: readonly ChatMessage[]): number[] {
    const text = this.template.render(messages, { addGenerationPrompt: true });
    // The template writes the special tokens itself.
    return this.tokenizer.encode(text, { addSpecialTokens: false });
  }
}

/** Index of the first message that is not the system's. */
function firstTurn(messages: readonly ChatMessage[]): number {
  return messages[0]?.role === "system" ? 1 : 0;
}
