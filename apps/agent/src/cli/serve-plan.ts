import { join, resolve } from "node:path";
import { isAct, isTightening } from "@holdfast/protocol";
import { isResponderUrl } from "../clients/company/ask-ocsp.ts";
import type { CompanyPlan } from "../clients/company/company-clients.ts";
import type { PagePlan } from "../local-page/agent-pages.ts";
import type { Arguments } from "./arguments.ts";

/** Which listeners `serve` opens, and where. Null for one that is off. */
export interface ServePlan {
  readonly rest: string | null;
  readonly kmip: string | null;
  /** The page besides those of `page setup`; its origin is fixed before anything is founded there. */
  readonly page: PagePlan | null;
  readonly metrics: string | null;
  readonly admin: string;
  readonly sans: readonly string[];
  /** The company's authority that is trusted for clients; null for none. */
  readonly company: CompanyPlan | null;
  /** Acts that this host refuses whoever approves them. */
  readonly deniedActs: ReadonlySet<string>;
  /** Serve nothing unless a FIPS provider computes everything. */
  readonly requireFips: boolean;
}

const USUAL = {
  rest: "127.0.0.1:7443",
  kmip: "127.0.0.1:5696",
  page: "127.0.0.1:7400",
  metrics: "127.0.0.1:7499",
} as const;
const LATER = ["aws", "vault", "workers"] as const;
const ADDRESS = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/;

/** Options of `serve`. */
export const SERVE_OPTIONS = {
  rest: { type: "string" },
  kmip: { type: "string" },
  page: { type: "string" },
  "page-origin": { type: "string" },
  "page-tls": { type: "string" },
  metrics: { type: "string" },
  san: { type: "string", multiple: true },
  "client-ca": { type: "string" },
  "client-crl": { type: "string", multiple: true },
  "client-crl-stale": { type: "string", default: "refuse" },
  "client-ocsp": { type: "string" },
  "client-ocsp-down": { type: "string", default: "refuse" },
  "require-fips": { type: "boolean" },
  deny: { type: "string", multiple: true },
  ...({
    aws: { type: "string" },
    vault: { type: "string" },
    workers: { type: "string" },
  } as const),
} as const;

/** Reads what `serve` was told. @throws {@link CliError} `E_USAGE` */
export function readServePlan(args: Arguments, dataDirectory: string): ServePlan {
  for (const name of LATER) {
    const value = args.find(name);
    if (value !== undefined && value !== "off") throw args.usageError(`--${name} is not served in this version.`);
  }
  const page = listenAddress(args, "page");
  const origin = page === null ? null : pageOrigin(args, page);
  return {
    rest: listenAddress(args, "rest"),
    kmip: listenAddress(args, "kmip"),
    page:
      page === null || origin === null
        ? null
        : { listen: page, origin, tls: pageTls(args, origin), named: args.find("page-origin") !== undefined },
    metrics: listenAddress(args, "metrics"),
    admin: resolve(args.find("admin") ?? join(dataDirectory, "admin.sock")),
    sans: args.all("san"),
    company: companyPlan(args),
    requireFips: args.flag("require-fips"),
    deniedActs: deniedActs(args),
  };
}

/**
 * What this host refuses. What only tightens cannot be among it: a host that keeps people from suspending a key would serve
 * nobody but a thief.
 *
 * @throws {@link CliError} `E_USAGE`
 */
function deniedActs(args: Arguments): ReadonlySet<string> {
  const denied = args.all("deny").flatMap((words) => words.split(","));
  for (const act of denied) {
    if (act !== "roster.update" && !isAct(act)) throw args.usageError(`--deny ${act.slice(0, 40)} is no act.`);
    if (isAct(act) && isTightening(act)) throw args.usageError(`--deny ${act}: what takes away is never refused.`);
  }
  return new Set(denied);
}

/** Whose certificates clients may show besides the agent's own. @throws {@link CliError} `E_USAGE` */
function companyPlan(args: Arguments): CompanyPlan | null {
  const caFile = args.find("client-ca");
  const [stale, down] = [args.get("client-crl-stale"), args.get("client-ocsp-down")];
  const ocsp = args.find("client-ocsp") ?? "off";
  for (const [name, value] of [
    ["client-crl-stale", stale],
    ["client-ocsp-down", down],
  ] as const)
    if (value !== "refuse" && value !== "accept") throw args.usageError(`--${name} is refuse or accept.`);
  if (ocsp !== "off" && ocsp !== "certificate" && !isResponderUrl(ocsp))
    throw args.usageError("--client-ocsp is the address of a responder, certificate, or off.");
  const crlFiles = args.all("client-crl").map((path) => resolve(path));
  if (caFile === undefined) {
    if (crlFiles.length > 0 || ocsp !== "off") throw args.usageError("--client-ca is missing.");
    return null;
  }
  return {
    ...{ caFile: resolve(caFile), crlFiles, acceptStaleCrl: stale === "accept", acceptUnanswered: down === "accept" },
    ocsp: ocsp === "off" ? null : ocsp,
  };
}

function listenAddress(args: Arguments, name: keyof typeof USUAL): string | null {
  const value = args.find(name) ?? USUAL[name];
  if (value === "off") return null;
  if (!ADDRESS.test(value) || Number(value.slice(value.lastIndexOf(":") + 1)) > 65_535) {
    throw args.usageError(`--${name} ${value} is neither HOST:PORT nor off.`);
  }
  return value;
}

function pageTls(args: Arguments, origin: string | null): string | null {
  const folder = args.find("page-tls");
  if (folder === undefined) return null;
  if (!origin?.startsWith("https:")) throw args.usageError("--page-tls goes with --page-origin https://NAME[:PORT].");
  return resolve(folder);
}

/** Where the page is on this machine unless the command line says: passkeys belong to exactly this address. */
function pageOrigin(args: Arguments, page: string): string {
  const given = args.find("page-origin");
  if (given === undefined) {
    const port = page.slice(page.lastIndexOf(":") + 1);
    if (port === "0") throw args.usageError("--page with port 0 needs --page-origin: passkeys belong to one address.");
    return `http://agent.localhost:${port}`;
  }
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    throw args.usageError(`--page-origin ${given} is not an address.`);
  }
  const onThisMachine = url.protocol === "http:" && url.hostname.endsWith(".localhost");
  if (url.origin !== given || !(url.protocol === "https:" || onThisMachine)) {
    throw args.usageError("--page-origin is https://NAME[:PORT], or http://NAME.localhost:PORT on this machine.");
  }
  return given;
}
