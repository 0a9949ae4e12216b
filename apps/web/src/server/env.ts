import { WebError } from "./web-error.ts";

/** What the dashboard's server is told by its environment; read in this file only. */
export interface WebEnvironment {
  readonly appUrl: string;
  readonly identityUrl: string;
  /** The one origin that browsers use. */
  readonly origin: URL;
  /** Whether browsers reach it over TLS, here or at a proxy. */
  readonly secure: boolean;
  /** The host name that sign-in passkeys belong to. */
  readonly rpId: string;
  /** Where key servers dial to. */
  readonly gatewayUrl: string;
  /** The approval page that this operator serves; null where there is none. */
  readonly hostedOrigin: string | null;
}

let known: WebEnvironment | null = null;

/** The settings, checked at first use. @throws {@link WebError} `CONFIGURATION` naming the setting */
export function readEnvironment(): WebEnvironment {
  known ??= check();
  return known;
}

function check(): WebEnvironment {
  const origin = urlOf("HOLDFAST_ORIGIN");
  const rpId = required("HOLDFAST_RP_ID");
  const isLoopback = /^(localhost|127\.0\.0\.1|\[::1\]|.+\.localhost)$/.test(origin.hostname);
  if (origin.protocol !== "https:" && !isLoopback) throw refuse("HOLDFAST_ORIGIN");
  if (origin.hostname !== rpId && !origin.hostname.endsWith(`.${rpId}`)) throw refuse("HOLDFAST_RP_ID");
  return {
    appUrl: required("HOLDFAST_DATABASE_URL_APP"),
    identityUrl: required("HOLDFAST_DATABASE_URL_IDENTITY"),
    origin: new URL(origin.origin),
    secure: origin.protocol === "https:",
    rpId,
    gatewayUrl: gatewayOrigin(),
    hostedOrigin: process.env["HOLDFAST_HOSTED_ORIGIN"] ? urlOf("HOLDFAST_HOSTED_ORIGIN").origin : null,
  };
}

/** An origin that agents would dial: https, or http on this machine. */
function gatewayOrigin(): string {
  const url = urlOf("HOLDFAST_GATEWAY_URL");
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && isHere);
  if (!isSafe || url.href !== `${url.origin}/`) throw refuse("HOLDFAST_GATEWAY_URL");
  return url.origin;
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw refuse(name);
  return value;
}

function urlOf(name: string): URL {
  try {
    return new URL(required(name));
  } catch {
    throw refuse(name);
  }
}

function refuse(setting: string): WebError {
  return new WebError("CONFIGURATION", { setting });
}
