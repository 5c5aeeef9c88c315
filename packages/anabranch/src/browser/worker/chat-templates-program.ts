/** The program of chat templates, which a model's worker runs before its first chat: see late-chat-templates.ts. */
import { createChatTemplate } from "@anabranch/tokenizers";

Object.assign(self, { anabranchChatTemplate: createChatTemplate });
