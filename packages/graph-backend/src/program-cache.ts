interface Disposable {
  dispose(): Promise<void>;
}

/** Programs compiled when they are first needed, and kept. */
export class ProgramCache {
  readonly #programs = new Map<string, Promise<Disposable>>();

  /** One key must always stand for one type of program. A program that fails to compile is tried again the next time. */
  get<Program extends Disposable>(key: string, compile: () => Promise<Program>): Promise<Program> {
    const known = this.#programs.get(key) as Promise<Program> | undefined;
    if (known !== undefined) return known;
    const program = compile();
    this.#programs.set(key, program);
    program.catch(() => this.#programs.delete(key));
    return program;
  }

  /** Frees one program. */
  async drop(key: string): Promise<void> {
    const program = this.#programs.get(key);
    this.#programs.delete(key);
    await (await program)?.dispose();
  }

  /** Frees all. */
  async clear(): Promise<void> {
    for (const key of [...this.#programs.keys()]) await this.drop(key);
  }
}
