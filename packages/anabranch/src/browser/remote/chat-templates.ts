/** The program of worker/chat-templates-program.ts as text, put here by whoever builds (build/browser-programs.ts). */
declare const CHAT_TEMPLATES_PROGRAM: string;

/** A file of its own, which a page fetches when its first chat begins. */
export const chatTemplatesProgram: string = CHAT_TEMPLATES_PROGRAM;
