import { HubError, throwIfAborted } from "@anabranch/core";
import { type Asked, refusal } from "./refusal.js";
import { PassingFailure, type RetryPolicy, retrying } from "./retry-policy.js";
import { SilenceWatch } from "./silence-watch.js";

/** How to reach a hub. */
export interface Connection {
  /** "https://huggingface.co", without a slash at its end. */
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly fetch: typeof fetch;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal | undefined;
}

/**
 * One request, and what is done with its answer while the watch runs: tell it of every piece of the body.
 *
 * @throws HubError, AbortedError, what `use` throws; PassingFailure for what may go better next time.
 */
export async function attempt<T>(
  connection: Connection,
  request: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly subject: string },
  use: (response: Response, watch: SilenceWatch) => Promise<T>,
): Promise<T> {
  const { signal, retry } = connection;
  const { url, subject } = request;
  const watch = new SilenceWatch(signal, retry.silenceMs);
  try {
    const headers = { ...request.headers, ...identity(connection, url) };
    const response = await connection
      .fetch(url, { headers, signal: watch.signal })
      .catch((cause: unknown) => Promise.reject(unreachable(cause, asked(connection, subject))));
    watch.heard();
    if (!response.ok && response.status !== 416) {
      await response.body?.cancel();
      throw refusal(response, asked(connection, subject));
    }
    return await use(response, watch);
  } catch (error) {
    throwIfAborted(signal, `Fetching ${subject}`); // Then whatever it was is only how that looked from here.
    throw error;
  } finally {
    watch.stop();
  }
}

/** A `fetch` for the hub's library: with our token, patience and errors; an answer is whole when it is handed over. */
export function patientFetch(connection: Connection, subject: string): typeof fetch {
  return (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const headers = Object.fromEntries(new Headers(init?.headers));
    return retrying(connection, () =>
      attempt(connection, { url, headers, subject }, async (response) => {
        const { status, headers } = response;
        const bytes = await response
          .arrayBuffer()
          .catch((cause: unknown) => Promise.reject(unreachable(cause, asked(connection, subject))));
        return new Response(bytes, { status, headers });
      }),
    );
  };
}

const asked = ({ endpoint, token }: Connection, subject: string): Asked => ({
  subject,
  endpoint,
  withToken: token !== undefined,
});

/** The token goes to the hub itself and to nobody that it refers us to (fetch drops it on redirects to elsewhere). */
function identity({ endpoint, token }: Connection, url: string): Record<string, string> {
  const agent = { "user-agent": "anabranch" };
  if (token === undefined || new URL(url).origin !== new URL(endpoint).origin) return agent;
  return { ...agent, authorization: `Bearer ${token}` };
}

/** Causes that waiting does not cure: there is no such host, or it is not whom it claims to be. */
const LASTING = /^(ENOTFOUND|ERR_TLS|ERR_SSL|ERR_INVALID|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

function unreachable(cause: unknown, { subject, endpoint }: Asked): HubError | PassingFailure {
  const code = codeOf(cause);
  const error = new HubError("HUB_UNAVAILABLE", `${subject}: no answer from ${endpoint} (${code}).`, {
    subject,
    cause,
    cure: "Check the network, a proxy, and HF_ENDPOINT; with HF_HUB_OFFLINE=1 what is in the cache is used.",
  });
  return LASTING.test(code) ? error : new PassingFailure(error);
}

/** The system's code for what befell a connection: fetch wraps it. */
export function codeOf(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === "string") return code;
  }
  return error instanceof Error ? error.message : String(error);
}
