const LONGEST = 2048;

/** How a webhook's address may look. */
export interface UrlRules {
  /** Whether `http` to this machine itself is taken, for a host's own receiver. */
  readonly loopbackHttp: boolean;
}

/** The address of a receiver: https, no credentials in it, no fragment. Null for any other. */
export function findReceiverUrl(text: string, rules: UrlRules = { loopbackHttp: false }): URL | null {
  if (text.length > LONGEST || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hash !== "" || url.hostname === "") return null;
  if (url.protocol === "https:") return url;
  return rules.loopbackHttp && url.protocol === "http:" && isLoopback(url.hostname) ? url : null;
}

/** A receiver as it may stand in a log or on a page: tokens often stand in path and query. */
export function receiverName(text: string): string {
  return URL.canParse(text) ? new URL(text).origin : "";
}

function isLoopback(hostname: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}
