/** Whether a file of this name is taken for a GGUF file. */
export const isGgufPath = (path: string): boolean => /\.gguf$/i.test(path);
