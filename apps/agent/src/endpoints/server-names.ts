import { isIP } from "node:net";
import { hostname } from "node:os";
import { urlHost } from "./listen-address.ts";

const MAX_KNOWN = 64;

/**
 * The host names and addresses that a listener goes by: those in its certificate, and the only ones that requests may
 * name.
 *
 * @param pageHost - Host of the approval page, which no other listener ever names: passkeys do not look at ports.
 * @param setUp - Further names that the page was set up for: this machine's own name is left to it where it is one of them.
 */
export function serverNames(
  listenHost: string,
  sans: readonly string[],
  pageHost: string | null,
  setUp: readonly string[] = [],
): string[] {
  const own = isIP(listenHost) !== 0 && !["0.0.0.0", "::"].includes(listenHost) ? [listenHost] : [];
  const machine = setUp.includes(hostname().toLowerCase()) ? [] : [hostname()];
  const names = ["localhost", "127.0.0.1", "::1", ...machine, ...own, ...sans].map((name) => name.toLowerCase());
  return [...new Set(names)].filter((name) => name !== pageHost?.toLowerCase() && isServerName(name));
}

/** A host name or an address; anything else (`*`, an empty host name) enters no certificate. */
export function isServerName(name: unknown): boolean {
  if (typeof name !== "string") return false;
  return isIP(name) !== 0 || /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})([.][a-z0-9_]([a-z0-9_-]{0,62}))*$/.test(name);
}

/** Judges Host headers. Ports are not compared: they may be forwarded. */
export class HostCheck {
  readonly #names: ReadonlySet<string>;
  readonly #known = new Set<string>();

  constructor(names: readonly string[]) {
    this.#names = new Set(names.map(urlHost));
  }

  /** Whether a request with this header is meant for this listener. */
  accepts(header: string | undefined): boolean {
    if (header === undefined) return false;
    if (this.#known.has(header)) return true;
    const [, host = ""] = /^(\[[0-9a-fA-F:.]{2,45}\]|[^:[\]]{1,253})(?::\d{1,5})?$/.exec(header) ?? [];
    if (!this.#names.has(host.toLowerCase())) return false;
    if (this.#known.size < MAX_KNOWN) this.#known.add(header);
    return true;
  }
}
