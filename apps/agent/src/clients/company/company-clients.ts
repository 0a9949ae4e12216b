import { hash, type X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Logger } from "../../logger.ts";
import { CrlFiles, type CrlStatus } from "./crl-files.ts";
import { serialText } from "./der-reader.ts";
import { CompanyError } from "./errors.ts";
import { type Issuer, issuerOf, readIssuers } from "./issuers.ts";
import { OcspAnswers } from "./ocsp-answers.ts";

/** How clients of a company's authority are judged, as whoever runs the host says. */
export interface CompanyPlan {
  /** Certificates of the authorities, PEM. */
  readonly caFile: string;
  readonly crlFiles: readonly string[];
  /** Whether a revocation list counts beyond its own end. */
  readonly acceptStaleCrl: boolean;
  /** `certificate`: each names its own responder. Null: nobody is asked. */
  readonly ocsp: string | null;
  /** Whether certificates pass while no responder answers. */
  readonly acceptUnanswered: boolean;
}

/** A certificate that one of the company's authorities has issued. */
export interface CompanyCertificate {
  readonly certificate: X509Certificate;
  readonly issuer: Issuer;
  /** SHA-256 of its DER, base64url. */
  readonly digest: string;
  readonly serial: string;
  /** Unix seconds. */
  readonly notAfter: number;
}

/** What can be said of a company's certificate now. */
export type CompanyVerdict = "good" | "revoked" | "unknown" | "waiting";

const LOOK_MS = 2_000;
/** Certificates whose ends are remembered, of clients that were here since the start. */
const MOST_SEEN = 8_192;

/**
 * Clients whose certificates a company's own authority issues: which certificates those are, and whether they were
 * revoked, as of now. Who is a client, and what it may do, is the domain's to say.
 *
 * What cannot be told counts as refused, unless the host was told otherwise.
 */
export class CompanyClients {
  /** The authorities, PEM, for TLS. */
  readonly caPem: string;
  readonly issuers: readonly Issuer[];
  readonly plan: CompanyPlan;
  readonly #crls: CrlFiles;
  readonly #ocsp: OcspAnswers | null;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  readonly #seen = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  /**
   * @param now - Unix seconds.
   * @throws {@link CompanyError} `E_CLIENT_CA`; `E_CLIENT_CRL` where a list cannot be used at the start
   */
  constructor(plan: CompanyPlan, logger: Logger, now: () => number) {
    this.plan = plan;
    this.caPem = readPem(plan.caFile);
    this.issuers = readIssuers(this.caPem);
    this.#now = now;
    this.#crls = new CrlFiles(plan.crlFiles, this.issuers, logger);
    const bad = this.#crls.status().find(({ readable }) => !readable);
    if (bad)
      throw new CompanyError("E_CLIENT_CRL", `${bad.path} holds no revocation list of an authority in --client-ca.`);
    const changed = () => this.#tell();
    this.#ocsp =
      plan.ocsp === null
        ? null
        : new OcspAnswers({
            url: plan.ocsp === "certificate" ? null : plan.ocsp,
            ...{ acceptUnanswered: plan.acceptUnanswered, now, changed },
          });
    this.#timer = setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** Reads what has changed, and has every open connection looked at again. */
  look(): void {
    this.#crls.look();
    this.#tell();
  }

  /** Told whenever a verdict may have changed. @returns what stops it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A certificate as one of the company's; null for any other. */
  read(certificate: X509Certificate): CompanyCertificate | null {
    const issuer = issuerOf(certificate, this.issuers);
    if (issuer === null) return null;
    return {
      ...{ certificate, issuer },
      digest: hash("sha256", certificate.raw, "base64url"),
      serial: serialText(certificate.serialNumber),
      notAfter: Math.floor(certificate.validToDate.getTime() / 1000),
    };
  }

  /** Whether it may be used now: it has not ended, and nobody whom the host asks has revoked it. */
  verdict({ certificate, issuer, digest, serial, notAfter }: CompanyCertificate): CompanyVerdict {
    const now = this.#now();
    if (now > notAfter || now > issuer.notAfter) return "revoked";
    if (!this.#crls.empty) {
      const listed = this.#crls.verdict(issuer, serial, now, this.plan.acceptStaleCrl);
      if (listed !== "good") return listed;
    }
    return this.#ocsp === null ? "good" : this.#ocsp.verdict(digest, certificate, issuer);
  }

  /** Resolves when something can be said of it; null where that is so now. */
  ready(company: CompanyCertificate): Promise<void> | null {
    if (this.#ocsp === null || this.verdict(company) !== "waiting") return null;
    return this.#ocsp.ready(company.digest, company.certificate, company.issuer);
  }

  /** Remembers when the certificate that a client showed ends. */
  note(clientId: string, { notAfter }: CompanyCertificate): void {
    if (this.#seen.get(clientId) === notAfter) return;
    const [oldest] = this.#seen.keys();
    if (this.#seen.size >= MOST_SEEN && oldest !== undefined) this.#seen.delete(oldest);
    this.#seen.set(clientId, notAfter);
  }

  /** When the certificates end that clients have shown since the start, Unix seconds, by client. */
  get seen(): ReadonlyMap<string, number> {
    return this.#seen;
  }

  status(): { readonly crls: readonly CrlStatus[]; readonly unanswered: number } {
    return { crls: this.#crls.status(), unanswered: this.#ocsp?.unanswered ?? 0 };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function readPem(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new CompanyError("E_CLIENT_CA", `${path} cannot be read.`);
  }
}
