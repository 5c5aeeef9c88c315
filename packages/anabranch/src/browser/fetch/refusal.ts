import { HubError, type HubErrorCode } from "@anabranch/core";

/** Statuses that another attempt may turn into an answer. */
export const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What a server's answer means that has no file in it. */
export function refusal({ status }: Response, url: string): HubError {
  const [code, cure] = meaning(status);
  return new HubError(code, `${url} is not to be had: the server answered ${status}.`, { subject: url, status, cure });
}

function meaning(status: number): [HubErrorCode, string] {
  if (status === 404 || status === 410) return ["HUB_NOT_FOUND", "Check the address."];
  if (status === 401 || status === 403) {
    return ["HUB_UNAUTHORIZED", "Check the address; for what is not public pass headers with an authorization."];
  }
  if (status === 429) return ["HUB_RATE_LIMITED", "Try again in a few minutes."];
  return ["HUB_UNAVAILABLE", "Try again later."];
}

/** Single-page servers answer for whatever is not there with a page of theirs. */
export function noSuchFile(url: string): HubError {
  return new HubError("HUB_NOT_FOUND", `${url} is not there: the server answered with a page.`, {
    subject: url,
    cure: "Check the address.",
  });
}

/** A browser does not say why. */
export function unreachable(url: string, cause: unknown): HubError {
  return new HubError("HUB_UNAVAILABLE", `${url} cannot be reached.`, {
    subject: url,
    cure: "Check the network, and that its server allows pages of this origin (CORS).",
    cause,
  });
}
