import { DisposedError } from "@anabranch/core";
import { noChatTemplate } from "../../chat/no-chat-template.js";
import type { Chat, ChatOptions, LanguageModel } from "../language-model.js";
import type { ModelFacts } from "../messages/messages.js";
import type { Engine } from "./engine.js";
import { RemoteChat } from "./remote-chat.js";
import { remoteGeneration } from "./remote-pieces.js";

/** A model in a worker. */
export function remoteModel(engine: Engine, { hasChatTemplate, ...facts }: ModelFacts): LanguageModel {
  return {
    ...facts,
    generate: (prompt, options = {}) => remoteGeneration(engine, { prompt }, options),
    chat(options: ChatOptions = {}): Chat {
      if (!hasChatTemplate) throw noChatTemplate(facts.name);
      return new RemoteChat(engine, options);
    },
    async dispose() {
      engine.end(() => new DisposedError("The model was disposed of.", { subject: facts.name }));
    },
  };
}
