import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { writeDurably } from "../../durable-file.ts";
import { readPageFile } from "../page-file.ts";
import { type InstalledPageCertificate, installPageCertificate, requestPageCertificate } from "../page-request.ts";
import { CHAIN_FILE, certificateFolder, type PageSetup, pagePlace } from "../page-setup.ts";
import { AccountKey, type ExternalAccount } from "./account-key.ts";
import { AcmeError } from "./acme-error.ts";
import { AcmeSession } from "./acme-session.ts";
import type { DnsRecords } from "./dns-records.ts";
import { orderCertificate } from "./order-certificate.ts";

/** How a try to renew a page's certificate ended, kept over restarts. */
export interface RenewalTried {
  /** Unix seconds. */
  readonly at: number;
  /** Null for one that worked. */
  readonly code: string | null;
  readonly what: string | null;
}

const ACCOUNT_FILE = "acme-account.pem";
const TRIED_FILE = "acme-tried.json";
/** A third of its life before its end: what then fails has time to be mended. */
const RENEW_AT = 2 / 3;
const AGAIN_SECONDS = 6 * 3_600;

/**
 * Has a page's certificate issued by ACME, with a new key, and installs it.
 *
 * @param time - Unix seconds.
 * @throws {@link AcmeError}; {@link CertificateError} for a chain that is not what was ordered; what was shown before stays
 */
export async function orderPageCertificate(
  dataDirectory: string,
  setup: PageSetup,
  {
    dns,
    time,
    signal,
    external,
    wait = (seconds) => after(seconds * 1000, undefined, signal === undefined ? {} : { signal }),
  }: {
    readonly dns: DnsRecords;
    readonly time: () => number;
    /** Gives it up: nothing is installed any more. */
    readonly signal?: AbortSignal;
    readonly wait?: (seconds: number) => Promise<void>;
    /** What a new account is bound to, where the authority asks for it; it is kept nowhere. */
    readonly external?: ExternalAccount | undefined;
  },
): Promise<InstalledPageCertificate> {
  const { acme, origin } = setup;
  if (acme === undefined) throw new AcmeError("E_ACME", "This page's certificate does not come by ACME.");
  const key = AccountKey.open(join(pagePlace(dataDirectory, origin), ACCOUNT_FILE));
  const ca = acme.ca === null ? null : readAuthority(acme.ca);
  const session = await AcmeSession.open({ ...acme, ca, external }, key);
  const pem = await requestPageCertificate(dataDirectory, setup, "P-256");
  const csr = Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ""), "base64").toString("base64url");
  const chainPem = await orderCertificate({ session, name: new URL(origin).hostname, csr, dns, wait });
  signal?.throwIfAborted();
  return installPageCertificate(dataDirectory, setup, { chainPem, keyPem: null, now: time(), alone: true });
}

/** Whether a page's certificate is to be renewed now: in the last third of its life, and not tried in vain a short while ago. */
export function isRenewalDue(dataDirectory: string, setup: PageSetup, now: number): boolean {
  if (setup.acme === undefined || setup.acme.hook === null || setup.tls !== null) return false;
  const path = join(certificateFolder(dataDirectory, setup), CHAIN_FILE);
  if (!existsSync(path)) return false; // the first one is ordered by a person
  const tried = renewalTried(dataDirectory, setup.origin);
  if (tried !== null && now - tried.at < AGAIN_SECONDS) return false; // whatever came of it
  try {
    const { validFrom, validTo } = new X509Certificate(readPageFile(path));
    const [from, to] = [Date.parse(validFrom) / 1000, Date.parse(validTo) / 1000];
    return now >= from + (to - from) * RENEW_AT;
  } catch {
    return true;
  }
}

export function keepRenewalTried(dataDirectory: string, origin: string, tried: RenewalTried): void {
  writeDurably(join(pagePlace(dataDirectory, origin), TRIED_FILE), `${JSON.stringify(tried)}\n`);
}

/** How the last try ended; null when there was none. */
export function renewalTried(dataDirectory: string, origin: string): RenewalTried | null {
  try {
    return JSON.parse(readPageFile(join(pagePlace(dataDirectory, origin), TRIED_FILE))) as RenewalTried;
  } catch {
    return null;
  }
}

function readAuthority(path: string): string {
  try {
    return readPageFile(path);
  } catch {
    throw new AcmeError(
      "E_ACME",
      `${path} cannot be read.`,
      "Give the certificate of the ACME server's authority with --acme-ca.",
    );
  }
}
