import { HubError } from "@anabranch/core";
import { retryAfter } from "./retry-after.js";
import { PassingFailure } from "./retry-policy.js";

/** What was asked, of whom. */
export interface Asked {
  /** "org/name@main", or a file of it: for messages. */
  readonly subject: string;
  readonly endpoint: string;
  readonly withToken: boolean;
}

/** Statuses that another attempt may turn into an answer. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** An answer that is no success, as the error to throw. */
export function refusal(response: Response, asked: Asked): HubError | PassingFailure {
  const { status } = response;
  if (status === 404 || status === 410) return notFound(response, asked);
  if (status === 401 || status === 403) return unauthorized(response, asked);
  const pause = retryAfter(response.headers);
  const error = status === 429 ? rateLimited(pause, asked) : unavailable(response, asked);
  return PASSING.has(status) ? new PassingFailure(error, pause) : error;
}

function notFound(response: Response, { subject, endpoint }: Asked): HubError {
  const missing = { RevisionNotFound: "revision", EntryNotFound: "file", RepoNotFound: "repository" };
  const code = response.headers.get("x-error-code") as keyof typeof missing | null;
  const thing = (code === null ? undefined : missing[code]) ?? "repository, revision or file";
  return new HubError("HUB_NOT_FOUND", `${subject}: ${endpoint} has no such ${thing}.`, {
    subject,
    status: response.status,
    cure: "Check the spelling, capitals too.",
  });
}

/** The hub says 401 of repositories that do not exist as well, so that nobody learns which private ones there are. */
function unauthorized(response: Response, { subject, endpoint, withToken }: Asked): HubError {
  const gated = response.headers.get("x-error-code") === "GatedRepo";
  const why = gated ? "is gated" : withToken ? "is closed to this token" : "is private, gated, or not there";
  const repo = subject.split("@")[0];
  const cure = gated
    ? `Accept its terms at ${endpoint}/${repo?.split("/").slice(0, 2).join("/")}, and set HF_TOKEN to a token of that account.`
    : withToken
      ? "Check the name, and that the token (HF_TOKEN, or the file `token` in HF_HOME) is valid and may read it."
      : "Check the name; for a private or gated model set HF_TOKEN to a token that may read it.";
  return new HubError("HUB_UNAUTHORIZED", `${subject} ${why} (${endpoint} answered ${response.status}).`, {
    subject,
    status: response.status,
    cure,
  });
}

function rateLimited(pauseMs: number | undefined, { subject, endpoint, withToken }: Asked): HubError {
  const wait = pauseMs === undefined ? "a few minutes" : `${Math.ceil(pauseMs / 1000)} s`;
  const more = withToken ? "" : " With a token (HF_TOKEN) the limits are higher.";
  return new HubError("HUB_RATE_LIMITED", `${subject}: too many requests for ${endpoint} (429).`, {
    subject,
    status: 429,
    cure: `Try again in ${wait}.${more}`,
  });
}

function unavailable({ status }: Response, { subject, endpoint }: Asked): HubError {
  return new HubError("HUB_UNAVAILABLE", `${subject}: ${endpoint} answered ${status}.`, {
    subject,
    status,
    cure: "Try again later; what was received is kept.",
  });
}
