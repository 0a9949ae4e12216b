import { ServeError } from "./serve-error.ts";

/** What the hosted page's process is told by its environment. */
export interface HostedSettings {
  readonly host: string;
  readonly port: number;
  /** The page's own origin, exactly as browsers show it: passkeys belong to it. */
  readonly origin: string;
  /** Where decisions go back to. */
  readonly dashboard: string;
}

/**
 * Reads where the page is, and refuses a name that would share passkeys with sign-in.
 *
 * @throws {@link ServeError} `CONFIGURATION` naming the setting
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): HostedSettings {
  const origin = originOf(environment, "HOLDFAST_HOSTED_ORIGIN");
  const dashboard = originOf(environment, "HOLDFAST_ORIGIN");
  const rpId = environment.HOLDFAST_RP_ID ?? dashboard.hostname;
  const [, host = "", port = ""] =
    /^(?:\[?([0-9a-z.:-]+?)\]?):(\d{1,5})$/i.exec(environment.HOLDFAST_HOSTED_LISTEN ?? "127.0.0.1:3002") ?? [];
  if (host === "" || Number(port) > 65_535) throw refuse("HOLDFAST_HOSTED_LISTEN", "It is HOST:PORT.");
  if (sharesPasskeys(origin.hostname, rpId, dashboard.hostname))
    throw refuse("HOLDFAST_HOSTED_ORIGIN", "It is on a name of its own, at which no sign-in passkey can be asked for.");
  return { host, port: Number(port), origin: origin.origin, dashboard: dashboard.origin };
}

/** Whether one of the two could ask for the other's passkeys, or is served at its name. */
function sharesPasskeys(hosted: string, rpId: string, dashboard: string): boolean {
  const isBelow = (name: string, other: string) =>
    name === other || (other.includes(".") && name.endsWith(`.${other}`));
  return isBelow(hosted, rpId) || isBelow(dashboard, hosted);
}

function originOf(environment: Readonly<Record<string, string | undefined>>, name: string): URL {
  const text = environment[name] ?? "";
  if (!URL.canParse(text)) throw refuse(name, "It is an origin: https://NAME.");
  const url = new URL(text);
  const isHere = url.hostname === "localhost" || url.hostname.endsWith(".localhost");
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && isHere);
  if (!isSafe || url.href !== `${url.origin}/`) throw refuse(name, "It is an origin: https, or http below localhost.");
  return url;
}

function refuse(setting: string, what: string): ServeError {
  return new ServeError("CONFIGURATION", `${setting} does not fit. ${what}`, "See docs/operate/hosted-page.md.");
}
