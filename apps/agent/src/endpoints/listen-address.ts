import { isIP } from "node:net";
import { EndpointError } from "./endpoint-error.ts";

/** Where a listener binds. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `HOST:PORT` or `[IPv6]:PORT`. @throws {@link EndpointError} `E_LISTEN` */
export function parseListenAddress(text: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6))
    throw new EndpointError(
      "E_LISTEN",
      `"${text.slice(0, 80)}" is not HOST:PORT.`,
      "Write an address of this machine and a port, as 127.0.0.1:7450, 0.0.0.0:7450 or [::1]:7450; port 0 takes any.",
    );
  return { host, port };
}

/** A host as it stands in a URL. */
export function urlHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

/** The host to name in a URL for something that listens on `host`: an address one can connect to. */
export function reachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
