import { fork } from "node:child_process";
import type { Run, Side } from "../side.js";
import type { Loaded } from "./serve.js";

/**
 * Starts a side in a process of its own; back when it is loaded.
 *
 * @param node the binary of a Node
 * @param program a bundle that serves
 * @param settings what it is told
 * @throws Error with what it wrote to its standard error, where it ends
 */
export async function startSide(name: string, node: string, program: string, settings: object): Promise<Side> {
  const child = fork(program, [JSON.stringify(settings)], {
    execPath: node,
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors = `${errors}${chunk}`.slice(-4000);
  });
  const answer = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      const ended = (code: number | null, signal: string | null): void =>
        reject(new Error(`${name} ended with ${code ?? signal}: ${errors.trim()}`));
      child.once("exit", ended);
      child.once("message", (message) => {
        child.off("exit", ended);
        resolve(message as T);
      });
    });
  const { loading } = await answer<Loaded>();
  return {
    name,
    loading,
    run(task) {
      const run = answer<Run>();
      child.send(task);
      return run;
    },
    close: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.disconnect();
      }),
  };
}
