import { BackendFailedError } from "@anabranch/core";
import type { ChatTemplate, createChatTemplate as create } from "@anabranch/tokenizers";

let made: typeof create = () => {
  throw new BackendFailedError("Chat templates have not come to the worker.");
};

/**
 * Stands for the tokenizers' own `createChatTemplate` in the worker's program (build/browser-programs.ts): the interpreter of
 * templates is a tenth of what a page would fetch, and comes with the first chat.
 */
export const createChatTemplate: typeof create = (...source) => {
  let template: ChatTemplate | undefined;
  return {
    render(...asked) {
      template ??= made(...source);
      return template.render(...asked);
    },
  };
};

/** Runs the program of chat-templates-program.ts, which then makes templates. */
export function takeChatTemplates(program: string): void {
  const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  try {
    (self as unknown as { importScripts(url: string): void }).importScripts(url);
    made = (self as unknown as { anabranchChatTemplate: typeof create }).anabranchChatTemplate;
  } catch (cause) {
    // Said when a chat comes to need it.
    made = () => {
      throw new BackendFailedError("The worker cannot run chat templates.", {
        subject: "worker",
        cure: "Allow blob: as script-src in the page's Content-Security-Policy, or load with worker: false in a worker of your own.",
        cause,
      });
    };
  } finally {
    URL.revokeObjectURL(url);
  }
}
