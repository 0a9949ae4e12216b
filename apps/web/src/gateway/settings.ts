import { GatewayError } from "./gateway-error.ts";

/** What the gateway is told by its environment; read in this file only. */
export interface GatewaySettings {
  readonly appUrl: string;
  readonly identityUrl: string;
  readonly host: string;
  readonly port: number;
  /** Its address as agents know it, an origin: part of what they sign. */
  readonly url: string;
  readonly witnessKeyFile: string;
}

/** Reads the settings. @throws {@link GatewayError} `E_SCHEMA` naming the setting */
export function readSettings(env: Readonly<Record<string, string | undefined>>): GatewaySettings {
  const required = (name: string): string => {
    const value = env[name];
    if (!value) throw new GatewayError("E_SCHEMA", `The setting ${name} is missing.`, { setting: name });
    return value;
  };
  const listen = /^(.+):(\d{1,5})$/.exec(required("HOLDFAST_GATEWAY_LISTEN"));
  if (!listen) throw new GatewayError("E_SCHEMA", "HOLDFAST_GATEWAY_LISTEN is no host:port.");
  const url = required("HOLDFAST_GATEWAY_URL").replace(/\/$/, "");
  if (!URL.canParse(url) || new URL(url).origin !== url) {
    throw new GatewayError("E_SCHEMA", "HOLDFAST_GATEWAY_URL is no origin.");
  }
  if (!/^https:|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(url)) {
    throw new GatewayError(
      "E_SCHEMA",
      "HOLDFAST_GATEWAY_URL is neither https nor on this machine; no agent would dial it.",
    );
  }
  return {
    appUrl: required("HOLDFAST_DATABASE_URL_APP"),
    identityUrl: required("HOLDFAST_DATABASE_URL_IDENTITY"),
    host: listen[1] ?? "",
    port: Number(listen[2]),
    url,
    witnessKeyFile: required("HOLDFAST_WITNESS_KEY_FILE"),
  };
}
