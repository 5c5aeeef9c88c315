/**
 * Whether a path of a repository stays below the folder that it is joined to, on any system: the repository's owner wrote
 * it, and ".." or "C:" in it would have us write wherever they like.
 */
export function isPlainPath(path: string): boolean {
  return path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !/[\\:*?"<>|\0]/.test(part));
}
