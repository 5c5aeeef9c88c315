import type { Tokenizer } from "@anabranch/tokenizers";
import { ChatPrompt } from "../chat/chat-prompt.js";
import { noChatTemplate } from "../chat/no-chat-template.js";
import type { Task } from "./task.js";

/**
 * Turns a task's prompts into token ids: in the model's chat template where they are a user's messages, and framed by the
 * tokenizer's special tokens where they are not.
 *
 * @param model the model's name, for messages
 * @throws UnsupportedError, of the function that is given back, for a chat task and a model without a chat template
 */
export function promptTokens(
  { chat = false }: Pick<Task, "chat">,
  tokenizer: Tokenizer,
  model: string,
): (prompt: string) => readonly number[] {
  if (!chat) return (prompt) => tokenizer.encode(prompt);
  return (content) => {
    if (tokenizer.chatTemplate === undefined) throw noChatTemplate(model);
    const conversation = new ChatPrompt(tokenizer.chatTemplate, tokenizer, Number.MAX_SAFE_INTEGER);
    return conversation.of([{ role: "user", content }]).prompt;
  };
}
