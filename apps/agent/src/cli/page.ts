import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { PageCheckState, PagesAnswer } from "../admin/page-routes.ts";
import { readSettings } from "../agent-settings.ts";
import { SERVER_KEY_KINDS, type ServerKeyKind } from "../clients/certificate-request.ts";
import { checkPageFolder, looseKeyIn } from "../local-page/page-certificate.ts";
import type { PageCheckAnswer } from "../local-page/page-checks.ts";
import { pageName } from "../local-page/page-name.ts";
import { installPageCertificate, requestPageCertificate } from "../local-page/page-request.ts";
import {
  CHAIN_FILE,
  certificateFolder,
  checkPageSetup,
  findPageSetup,
  keepPageSetup,
  type PageSetup,
  pageSetups,
} from "../local-page/page-setup.ts";
import { ACME_OPTIONS, acmeOf, externalAccountOf, orderFor } from "./acme-order.ts";
import type { AdminClient } from "./admin-client.ts";
import type { Arguments } from "./arguments.ts";
import { AgentRefusal, CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, type CommandContext } from "./command.ts";
import { readNamedFile, readSecretFile } from "./named-file.ts";
import { facts, showTime, table } from "./output.ts";

const HTTPS_PORT = 443;
const PERMANENT = [
  "This name is for good: passkeys belong to it, and a passkey of one name approves nothing at another.",
  "Nothing else may ever be served from it, on no port; it must not be below the name of your dashboard.",
].join("\n");

const pageSetup: Command = {
  usage:
    "--name NAME [--port 443] [--listen H:P] [--csr FILE [--key-kind P-256|RSA-3072] | --certificate FILE [--key FILE] | --tls DIR | --acme DIRECTORY [--acme-ca FILE] [--acme-contact MAIL] [--acme-agree] [--acme-eab-kid KID --acme-eab-key-file FILE] [--dns-hook PROGRAM]]",
  options: {
    ...COMMON_OPTIONS,
    name: { type: "string" },
    port: { type: "string" },
    listen: { type: "string" },
    csr: { type: "string" },
    "key-kind": { type: "string", default: "P-256" },
    certificate: { type: "string" },
    key: { type: "string" },
    tls: { type: "string" },
    ...ACME_OPTIONS,
  },
  async run(context) {
    const { args, out, dataDirectory } = context;
    const directory = dataDirectory();
    readSettings(directory);
    const setup = readSetup(args, directory);
    checkPageSetup(directory, setup);
    if (args.find("tls") !== undefined) checkFolder(setup);
    const isNew = findPageSetup(directory, setup.origin) === null;
    if (isNew) {
      await askServing(context, (client) => client.post("/v1/pages/name", { origin: setup.origin }));
      out.say(PERMANENT);
    }
    const external = externalAccountOf(args);
    const [csr, chain] = [args.find("csr"), args.find("certificate")];
    const done: Record<string, unknown> = { origin: setup.origin, listen: setup.listen };
    if (csr !== undefined) {
      checkNewFile(csr);
      writeNew(csr, await requestPageCertificate(directory, setup, keyKind(args)));
      done["csr"] = csr;
    }
    if (chain !== undefined) {
      const keyFile = args.find("key");
      const chainPem = readNamedFile(chain).toString("latin1");
      const keyPem = keyFile === undefined ? null : readSecretFile(keyFile, 16_384).toString("latin1");
      Object.assign(done, installPageCertificate(directory, setup, { chainPem, keyPem, now: unixSeconds() }));
    }
    if (args.find("acme") !== undefined) Object.assign(done, await orderFor(directory, setup, { out, external }));
    keepPageSetup(directory, setup);
    const pages = await askServing(context, (client) => client.post<PagesAnswer>("/v1/pages/look", {}));
    const state = pages?.pages.find(({ origin }) => origin === setup.origin);
    if (state?.state === "refused")
      throw new AgentRefusal(
        409,
        state.code ?? "E_PAGE_SETUP",
        state.what ?? "It is not served.",
        "See `holdfast-agent page show`.",
      );
    out.result({ ...done, ...(state && { state: state.state }) }, () =>
      [
        facts([["page", setup.origin], ["listens at", setup.listen], ...certificateFact(done)]),
        "",
        nextStep(directory, setup, csr, state?.state),
      ].join("\n"),
    );
    return 0;
  },
};

const pageShow: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const answer = await admin().get<PagesAnswer>("/v1/pages");
    out.result(answer, () => pagesText(answer));
    return 0;
  },
};

const pageCheck: Command = {
  usage: "[--name NAME] [--no-wait]",
  options: { ...COMMON_OPTIONS, name: { type: "string" }, "no-wait": { type: "boolean" } },
  async run({ admin, args, out }) {
    const client = admin();
    const { pages } = await client.get<PagesAnswer>("/v1/pages");
    const name = args.find("name") ?? pages.find(({ state }) => state === "serving")?.origin;
    if (name === undefined) throw new CliError("E_PAGE_SETUP", "No page is served.", "See `holdfast-agent page show`.");
    const { url, expiresAt } = await client.post<{ url: string; expiresAt: number }>("/v1/pages/check", {
      origin: name,
    });
    if (args.flag("no-wait")) {
      out.result(
        { url, expiresAt },
        `Open this in the browser that you approve with, before ${showTime(expiresAt)}:\n  ${url}`,
      );
      return 0;
    }
    out.ask(`Open this in the browser that you approve with, before ${showTime(expiresAt)}:\n  ${url}`);
    const answer = await opened(client, expiresAt);
    out.result(answer, () => checkText(answer));
    return 0;
  },
};

const pageRemove: Command = {
  usage: "--name NAME",
  options: { ...COMMON_OPTIONS, name: { type: "string" } },
  async run({ admin, args, out }) {
    const answer = await admin().post<PagesAnswer>("/v1/pages/remove", { origin: args.get("name") });
    out.result(answer, () => pagesText(answer));
    return 0;
  },
};

/** Where people approve, on names of the customer's. */
export const pageCommands = {
  "page setup": pageSetup,
  "page show": pageShow,
  "page check": pageCheck,
  "page remove": pageRemove,
};

function readSetup(args: Arguments, directory: string): PageSetup {
  const given = args.find("name");
  const known = pageSetups(directory);
  const only = given === undefined && known.length === 1 ? known[0] : undefined;
  if (given === undefined && only === undefined)
    throw args.usageError("--name is missing: a host name of your company.");
  const port = readPort(args);
  const host = given === undefined ? "" : pageName(given);
  const usual = port === HTTPS_PORT || port === undefined ? `https://${host}` : `https://${host}:${port}`;
  const named = known.filter(({ origin }) => new URL(origin).hostname === host);
  const before = only ?? (port === undefined && named.length === 1 ? named[0] : findPageSetup(directory, usual));
  const origin = before?.origin ?? usual;
  const tls = args.find("tls");
  if (
    [args.find("csr"), args.find("certificate"), args.find("acme"), tls].filter((each) => each !== undefined).length > 1
  )
    throw args.usageError("One of --csr, --certificate, --acme and --tls at a time.");
  if (args.find("key") !== undefined && args.find("certificate") === undefined)
    throw args.usageError("--key goes with --certificate.");
  const isOther = args.find("certificate") !== undefined || args.find("acme") !== undefined;
  const kept = tls === undefined && !isOther ? (before?.tls ?? null) : null;
  return {
    origin,
    listen: args.find("listen") ?? before?.listen ?? `0.0.0.0:${port ?? HTTPS_PORT}`,
    tls: tls === undefined ? kept : resolve(tls),
    ...acmeOf(args, before),
  };
}

/**
 * Files that are there already are looked at before the folder is kept; a folder may be filled later.
 *
 * @throws {@link CertificateError}; {@link CliError} `E_SECRET_FILE` for a key that others on this host may read or change
 */
function checkFolder({ origin, tls }: PageSetup): void {
  if (tls === null) return;
  const loose = looseKeyIn(tls);
  if (loose !== null)
    throw new CliError(
      "E_SECRET_FILE",
      `${loose} holds the page's key, and others may read or change it.`,
      `Run \`chmod 640 ${loose}\` (its group may read), change the key if others had it, and try again.`,
    );
  if (!existsSync(join(tls, CHAIN_FILE))) return;
  checkPageFolder({ folder: tls, origin, time: unixSeconds });
}

function readPort(args: Arguments): number | undefined {
  const text = args.find("port");
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) throw args.usageError("--port is 1 to 65535.");
  return port;
}

function keyKind(args: Arguments): ServerKeyKind {
  const kind = args.get("key-kind");
  const found = SERVER_KEY_KINDS.find((each) => each === kind);
  if (found === undefined) throw args.usageError(`--key-kind is one of ${SERVER_KEY_KINDS.join(", ")}.`);
  return found;
}

/** Asks the key server that serves this folder. Null where none does. */
async function askServing<T>(
  { adminIfServed }: CommandContext,
  ask: (client: AdminClient) => Promise<T>,
): Promise<T | null> {
  try {
    return await ask(adminIfServed());
  } catch (error) {
    if (error instanceof CliError && error.code === "E_NOT_RUNNING") return null;
    throw error;
  }
}

function nextStep(directory: string, setup: PageSetup, csr: string | undefined, state: string | undefined): string {
  if (csr !== undefined)
    return `The request is in ${csr}; its key stays here. Have it signed by an authority that your people's browsers trust, then:\n  \`holdfast-agent page setup --name ${new URL(setup.origin).hostname} --certificate CHAIN\``;
  if (!existsSync(join(certificateFolder(directory, setup), CHAIN_FILE)))
    return "It has no certificate yet: --csr FILE makes a request, --certificate FILE installs what you have.";
  if (state === "serving") return "It is served. Prove it from a browser: `holdfast-agent page check`.";
  return "It is served as soon as the key server runs: `holdfast-agent serve`.";
}

function certificateFact(done: Record<string, unknown>): [string, string][] {
  return typeof done["notAfter"] === "number" ? [["certificate until", showTime(done["notAfter"])]] : [];
}

function pagesText({ pages }: PagesAnswer): string {
  if (pages.length === 0) return "No page is served. Set one up: `holdfast-agent page setup --name NAME`.";
  return table(
    ["PAGE", "STATE", "CERTIFICATE UNTIL", "PASSKEYS", "PROVED FROM A BROWSER"],
    pages.map(({ origin, state, code, notAfter, passkeys, checked }) => [
      origin,
      code === undefined ? state : `${state} (${code})`,
      notAfter === null ? "-" : showTime(notAfter),
      passkeys === null ? "?" : String(passkeys),
      checked === null
        ? "never"
        : `${showTime(checked.at)}${checked.tls === "front" ? ", TLS by something before it" : ""}`,
    ]),
  );
}

const TLS_WORDS = {
  own: "by this key server",
  front: "by something before it, which could change the page",
  none: "none: on this machine alone",
} as const;

function checkText(answer: PageCheckAnswer): string {
  const { origin, rpId, channel, tls, fingerprint, notAfter, passkeys, elsewhere } = answer;
  return facts([
    ["page", origin],
    ["passkeys' name", rpId],
    ["channel", channel],
    ["TLS", TLS_WORDS[tls]],
    ...(fingerprint === null ? [] : ([["certificate, SHA-256", fingerprint]] as [string, string][])),
    ...(notAfter === null ? [] : ([["certificate until", showTime(notAfter)]] as [string, string][])),
    ["passkeys of it", `${passkeys}${elsewhere.length === 0 ? "" : `; others are of ${elsewhere.join(", ")}`}`],
  ]);
}

async function opened(client: { get<T>(path: string): Promise<T> }, expiresAt: number): Promise<PageCheckAnswer> {
  while (unixSeconds() < expiresAt) {
    const { answer } = await client.get<PageCheckState>("/v1/pages/check");
    if (answer !== null) return answer;
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new CliError(
    "E_PAGE_CHECK",
    "No browser has opened the address in time.",
    "Look whether the name leads to this machine and the port is open; then `holdfast-agent page check` again.",
  );
}

function checkNewFile(path: string): void {
  if (existsSync(path)) throw new CliError("E_FILE", `${path} is there already.`, "Name a new file with --csr.");
}

function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: "wx", mode: 0o644 });
  } catch {
    throw new CliError("E_FILE", `${path} cannot be written.`, "Name a new file with --csr.");
  }
}

function unixSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
