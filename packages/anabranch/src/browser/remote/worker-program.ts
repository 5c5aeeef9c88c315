/** The program of worker/worker.ts as text, put here by whoever builds (build/browser-programs.ts). */
declare const WORKER_PROGRAM: string;

export const workerProgram = (): string => WORKER_PROGRAM;
