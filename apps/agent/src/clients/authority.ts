import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { randomBytes, type SigningHandle } from "@holdfast/crypto";
import { permitIdentity } from "@holdfast/protocol";
import type { ClientIssuer, IssuedClient, IssuedFile, IssuedPermit } from "../lifecycle/client-issuer.ts";
import { AuthorityGenerations, type Generation, type RolloverParts } from "./authority-generations.ts";
import { issueCertificate } from "./certificate.ts";
import { certificatePem } from "./pem.ts";
import { showPermitSecret } from "./permit-secret.ts";
import { spkiHash } from "./spki-hash.ts";

/** What the domain's authority works with. */
export interface AuthorityParts {
  readonly keys: { readonly ca: SigningHandle; readonly report: SigningHandle };
  readonly tid: string;
  /** When the domain was founded, Unix seconds: the authority's certificate begins there. */
  readonly createdAt: number;
  /** Keeps the authority's certificate, which is public, as `ca.crt`. */
  readonly dataDirectory: string;
  /** The time to date certificates with, Unix seconds. */
  readonly time: () => number;
  /** Certificates, PEM, that clients need beside the authority's to trust the listeners; none without it. */
  readonly serverAnchors?: () => string;
  /** Where authorities that take over are kept; without it there is one for ever. */
  readonly rollover?: RolloverParts;
}

/** A listener's certificate with its key; both live in memory only. */
export interface ServerCertificate {
  readonly certPem: string;
  readonly keyPem: string;
  readonly notAfter: number;
}

/** The certificate that reports are signed under, and its issuer's; both DER. */
export interface ReportCertificate {
  readonly certificate: Uint8Array;
  readonly authority: Uint8Array;
}

const DAY = 86_400;
/** The other side's clock may be this far behind. */
const BACKDATED_SECONDS = 3600;
/** Listeners' certificates are made anew at half of this. */
export const SERVER_CERTIFICATE_SECONDS = 7 * DAY;
const REPORT_CERTIFICATE_SECONDS = 400 * DAY;

/**
 * The domain's certificate authority: certificates of clients, of the agent's own listeners and of its reports.
 *
 * Its private key signs through a handle and never leaves custody. What a client may do is not in its certificate:
 * the certificate proves possession of the enrolled key, and everything else is looked up at each request.
 */
export class Authority implements ClientIssuer {
  /** The authorities there are, while one takes over from another. */
  readonly generations: AuthorityGenerations;
  readonly #parts: AuthorityParts;
  #report: { readonly der: Uint8Array; readonly renewAt: number } | null = null;

  private constructor(parts: AuthorityParts, generations: AuthorityGenerations) {
    this.#parts = parts;
    this.generations = generations;
  }

  /** Certificates, PEM, under which clients are accepted: the authority's, and during a change both. */
  get caPem(): string {
    return this.generations.trusted.map(({ pem }) => pem).join("");
  }

  /** When the first of them ends, Unix seconds. */
  get caNotAfter(): number {
    return Math.min(...this.generations.trusted.map(({ notAfter }) => notAfter));
  }

  /** Opens the authority of a domain: its certificate is the kept one, or made where there is none of this key. */
  static async open(parts: AuthorityParts): Promise<Authority> {
    return new Authority(parts, await AuthorityGenerations.open(parts, parts.rollover ?? null));
  }

  /** Makes a client's key and certificate (P-256, clientAuth only). The key is in the returned files and nowhere else. */
  async issueClient(request: {
    readonly clientId: string;
    readonly label: string;
    readonly validitySec: number;
  }): Promise<IssuedClient> {
    const now = this.#parts.time();
    const pair = newKeyPair();
    const { clientId, label, validitySec } = request;
    const issued = await this.reissueClient({ clientId, label, spki: pair.spki, notAfter: now + validitySec });
    return {
      ...issued,
      files: [
        issuedFile("client.crt", "application/x-pem-file", certificatePem(issued.certificateDer)),
        issuedFile("client.key", "application/x-pem-file", pair.keyPem),
        issuedFile("ca.crt", "application/x-pem-file", this.trustPem),
      ],
    };
  }

  /** Makes a secret that lets clients in, 32 random bytes. */
  issuePermit(): IssuedPermit {
    const secret = randomBytes(32);
    return {
      kind: "permit",
      identity: permitIdentity(secret),
      files: [
        issuedFile("enrolment.secret", "text/plain", `${showPermitSecret(secret)}\n`),
        issuedFile("ca.crt", "application/x-pem-file", this.trustPem),
      ],
    };
  }

  /** Makes the certificate of a client that brought its own key. Caller must: know that it was introduced. */
  async certifyClient({
    validitySec,
    ...request
  }: Parameters<ClientIssuer["certifyClient"]>[0]): Promise<IssuedClient> {
    const issued = await this.reissueClient({ ...request, notAfter: this.#parts.time() + validitySec });
    return {
      ...issued,
      files: [
        issuedFile("client.crt", "application/x-pem-file", certificatePem(issued.certificateDer)),
        issuedFile("ca.crt", "application/x-pem-file", this.trustPem),
      ],
    };
  }

  /** Certifies a key that an enrolled client brings. Caller must: know that it is that client's, and record it. */
  async reissueClient(request: {
    readonly clientId: string;
    readonly label: string;
    readonly spki: Uint8Array;
    readonly notAfter: number;
  }): Promise<Omit<IssuedClient, "files">> {
    const { clientId, label, spki, notAfter } = request;
    const notBefore = this.#parts.time() - BACKDATED_SECONDS;
    const certificateDer = await this.#issue(this.generations.issuing, "client", spki, {
      ...{ commonName: [...label].slice(0, 64).join(""), notBefore, notAfter },
      names: [{ type: "url", value: `urn:holdfast:client:${clientId}` }],
    });
    const serial = new X509Certificate(certificateDer).serialNumber.toLowerCase();
    return { certificateDer, spkiHash: spkiHash(spki), serial, notBefore, notAfter };
  }

  /** Certificates, PEM, by which clients trust the listeners: the authority's, and an installed one's. */
  get trustPem(): string {
    return this.caPem + (this.#parts.serverAnchors?.() ?? "");
  }

  /** Makes a certificate and key for a listener reached by these host names and addresses. */
  async issueServer(names: readonly string[]): Promise<ServerCertificate> {
    const now = this.#parts.time();
    const pair = newKeyPair();
    const notAfter = now + SERVER_CERTIFICATE_SECONDS;
    const der = await this.#issue(this.generations.serving, "server", pair.spki, {
      commonName: (names[0] ?? "localhost").slice(0, 64),
      notBefore: now - BACKDATED_SECONDS,
      notAfter,
      names: names.map((value) => ({ type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const), value })),
    });
    return { certPem: certificatePem(der), keyPem: pair.keyPem, notAfter };
  }

  /** The report key's certificate, made at first need and anew when half of its time is over. */
  async reportCertificate(): Promise<ReportCertificate> {
    const now = this.#parts.time();
    if (this.#report === null || now >= this.#report.renewAt) {
      const der = await this.#issue(this.generations.first, "report", this.#parts.keys.report.publicKey.spki, {
        commonName: "Holdfast custody report",
        notBefore: now - BACKDATED_SECONDS,
        notAfter: now + REPORT_CERTIFICATE_SECONDS,
      });
      this.#report = { der, renewAt: now + REPORT_CERTIFICATE_SECONDS / 2 };
    }
    return { certificate: this.#report.der, authority: this.generations.first.der };
  }

  #issue(
    { key, number }: Generation,
    profile: "client" | "server" | "report",
    spki: Uint8Array,
    rest: Pick<Parameters<typeof issueCertificate>[1], "commonName" | "notBefore" | "notAfter" | "names">,
  ): Promise<Uint8Array> {
    return issueCertificate(key, { profile, tid: this.#parts.tid, generation: number, spki, ...rest });
  }
}

function newKeyPair(): { spki: Uint8Array; keyPem: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    spki: publicKey.export({ type: "spki", format: "der" }),
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

function issuedFile(name: string, mediaType: string, text: string): IssuedFile {
  return { name, mediaType, base64: Buffer.from(text, "utf8").toString("base64") };
}
