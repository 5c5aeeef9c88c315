/** What tells one state of a file from another, as far as the server says and the browser lets us see. */
export interface Version {
  readonly etag: string | null;
  readonly modified: string | null;
}

export const versionOf = ({ headers }: Response): Version => ({
  etag: headers.get("etag"),
  modified: headers.get("last-modified"),
});

/** Whether both are surely the same state. */
export function sameVersion(one: Version, other: Version): boolean {
  if (one.etag !== null && other.etag !== null) return one.etag === other.etag;
  return one.modified !== null && one.modified === other.modified;
}
