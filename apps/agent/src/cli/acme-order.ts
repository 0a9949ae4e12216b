import { resolve } from "node:path";
import type { ExternalAccount } from "../local-page/acme/account-key.ts";
import { AcmeError } from "../local-page/acme/acme-error.ts";
import { type DnsRecords, recordsByProgram } from "../local-page/acme/dns-records.ts";
import { keepRenewalTried, orderPageCertificate } from "../local-page/acme/page-order.ts";
import type { InstalledPageCertificate } from "../local-page/page-request.ts";
import type { AcmeSetup, PageSetup } from "../local-page/page-setup.ts";
import type { Arguments } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { readSecretFile } from "./named-file.ts";
import type { Output } from "./output.ts";
import { askYes, endedWith } from "./terminal.ts";

/** Options of `page setup` for a certificate by ACME. */
export const ACME_OPTIONS = {
  acme: { type: "string" },
  "acme-ca": { type: "string" },
  "acme-contact": { type: "string" },
  "acme-agree": { type: "boolean" },
  "acme-eab-kid": { type: "string" },
  "acme-eab-key-file": { type: "string" },
  "dns-hook": { type: "string" },
} as const;

/** Shorter keys are no MAC keys of an authority. */
const LEAST_MAC_BYTES = 16;

/** A public authority by its name, for who does not know its directory by heart. */
const KNOWN: Readonly<Record<string, string>> = {
  letsencrypt: "https://acme-v02.api.letsencrypt.org/directory",
  "letsencrypt-staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
};

/**
 * How the certificate is had from now on: as it is said, as it was said before, or by other means.
 *
 * @throws {@link CliError} `E_USAGE`
 */
export function acmeOf(args: Arguments, before: PageSetup | null | undefined): Pick<PageSetup, "acme"> {
  const given = args.find("acme");
  if (given === undefined) {
    for (const name of ["acme-ca", "acme-contact", "acme-eab-kid", "acme-eab-key-file", "dns-hook"])
      if (args.find(name) !== undefined) throw args.usageError(`--${name} goes with --acme.`);
    const byOthers = ["csr", "certificate", "tls"].some((name) => args.find(name) !== undefined);
    return byOthers || before?.acme === undefined ? {} : { acme: before.acme };
  }
  const directory = KNOWN[given] ?? given;
  if (!URL.canParse(directory) || !directory.startsWith("https://"))
    throw args.usageError(`--acme is the https address of a directory, or one of ${Object.keys(KNOWN).join(", ")}.`);
  const [ca, hook] = [args.find("acme-ca"), args.find("dns-hook")];
  const acme: AcmeSetup = {
    directory,
    ca: ca === undefined ? null : resolve(ca),
    contact: args.find("acme-contact") ?? null,
    agreed: args.flag("acme-agree"),
    hook: hook === undefined ? null : resolve(hook),
  };
  return { acme };
}

/**
 * The account at the authority that a new ACME account is bound to; undefined without one. The key is read from its file and kept nowhere.
 *
 * @throws {@link CliError} `E_USAGE`, `E_SECRET_FILE`
 */
export function externalAccountOf(args: Arguments): ExternalAccount | undefined {
  const [kid, file] = [args.find("acme-eab-kid"), args.find("acme-eab-key-file")];
  if (kid === undefined && file === undefined) return undefined;
  if (kid === undefined || file === undefined)
    throw args.usageError("--acme-eab-kid and --acme-eab-key-file belong together.");
  if (!/^[\x21-\x7e]{1,256}$/.test(kid))
    throw args.usageError("--acme-eab-kid is the key id as the authority shows it.");
  const text = readSecretFile(file).toString("latin1").trim().replace(/=+$/, "");
  const key = Buffer.from(text, "base64url");
  if (!/^[A-Za-z0-9_-]+$/.test(text) || key.length < LEAST_MAC_BYTES)
    throw args.usageError("The file of --acme-eab-key-file holds no MAC key as authorities show it (base64url).");
  return { kid, key };
}

/** Orders the certificate now, by the program or by hand. @throws {@link AcmeError}, {@link CertificateError}, {@link CliError} `E_NO_TERMINAL` */
export async function orderFor(
  directory: string,
  setup: PageSetup,
  { out, external }: { readonly out: Output; readonly external: ExternalAccount | undefined },
): Promise<InstalledPageCertificate> {
  const hook = setup.acme?.hook ?? null;
  const dns = hook === null ? recordsByHand(out) : recordsByProgram(hook);
  out.say(`Ordering a certificate for ${new URL(setup.origin).hostname} at ${setup.acme?.directory} …`);
  const time = () => Math.floor(Date.now() / 1000);
  const installed = await orderPageCertificate(directory, setup, { dns, time, external });
  keepRenewalTried(directory, setup.origin, { at: time(), code: null, what: null });
  if (hook === null) out.say("It is not renewed by itself: without --dns-hook, run this again before it ends.");
  return installed;
}

/** Somebody enters the record where the zone is kept, and says so. @throws {@link CliError} `E_NO_TERMINAL` */
function recordsByHand(out: Output): DnsRecords {
  if (!process.stdin.isTTY)
    throw new CliError(
      "E_NO_TERMINAL",
      "The record is to be entered by hand, and there is no terminal to say so.",
      "Name a program that does it: --dns-hook PROGRAM.",
    );
  return {
    async add(name, value) {
      out.ask(
        `Enter this record where the zone is kept, and wait until it can be asked for (\`dig TXT ${name}\`):\n\n  ${name}.  TXT  "${value}"\n`,
      );
      const next = "Take the record away again if it was entered. Run it again when you want it done.";
      if (!(await endedWith("Stopped. No certificate was ordered to its end.", next, () => askYes("Is it there?"))))
        throw new AcmeError("E_ACME_DNS", "The record was not entered.", "Run it again.");
    },
    async remove(name) {
      out.say(`The record ${name} may be taken away.`);
    },
  };
}
