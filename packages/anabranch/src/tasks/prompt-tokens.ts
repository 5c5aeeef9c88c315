import { InvalidArgumentError } from "@anabranch/core";
import type { ChatMessage, ChatTemplate, Tokenizer } from "@anabranch/tokenizers";
import { ChatPrompt } from "../chat/chat-prompt.js";
import { noChatTemplate } from "../chat/no-chat-template.js";
import type { Task } from "./task.js";

/** What of a task decides how its prompts are framed. */
export type Framing = Pick<Task, "chat" | "system">;

/**
 * Turns a task's prompts into token ids: in the model's chat template where they are a user's messages, or where the task can
 * speak to a chat model and the model has a template; else framed by the tokenizer's special tokens.
 *
 * @param model the model's name, for messages
 * @throws UnsupportedError, of the function that is given back, for a chat task and a model without a chat template
 */
export function promptTokens(
  { chat = false, system }: Framing,
  tokenizer: Tokenizer,
  model: string,
): (prompt: string) => readonly number[] {
  const { chatTemplate } = tokenizer;
  if (chatTemplate === undefined && chat) {
    return () => {
      throw noChatTemplate(model);
    };
  }
  if (chatTemplate === undefined || (!chat && system === undefined)) return (prompt) => tokenizer.encode(prompt);
  const before: readonly ChatMessage[] = system === undefined ? [] : [{ role: "system", content: system }];
  return (content) => {
    const conversation = new ChatPrompt(chatTemplate, tokenizer, Number.MAX_SAFE_INTEGER);
    return conversation.of([...before, { role: "user", content }]).prompt;
  };
}

/**
 * The token that ends an answer to such a prompt: what the chat template writes after an answer, where that is one special
 * token, else the tokenizer's end token.
 *
 * @throws InvalidArgumentError for a tokenizer without an end token
 */
export function answerEnd({ chat = false, system }: Framing, tokenizer: Tokenizer): number {
  const { chatTemplate, eosToken } = tokenizer;
  const framed = chatTemplate !== undefined && (chat || system !== undefined);
  const end = (framed ? endOfTurn(chatTemplate, tokenizer) : undefined) ?? eosToken;
  if (end !== undefined) return end;
  throw new InvalidArgumentError("The tokenizer names no end token.", {
    subject: "eos_token",
    cure: "Set eos_token in tokenizer_config.json.",
  });
}

function endOfTurn(template: ChatTemplate, tokenizer: Tokenizer): number | undefined {
  const answer = "An answer";
  const text = template.render([
    { role: "user", content: "A question" },
    { role: "assistant", content: answer },
  ]);
  const after = text.slice(text.lastIndexOf(answer) + answer.length);
  const [first] = tokenizer.encode(after, { addSpecialTokens: false });
  return first !== undefined && tokenizer.specialIds.has(first) ? first : undefined;
}
