import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

const crypto = webcrypto as unknown as Crypto;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;

/** What a certificate is made to be, for tests of what must not be taken. */
export interface Wishes {
  readonly names?: readonly string[];
  readonly usages?: readonly ExtendedKeyUsage[];
  readonly ca?: boolean;
  /** Days from now. */
  readonly from?: number;
  readonly to?: number;
}

/** A company's authority of two levels, as it signs requests. Tests only. */
export class CompanyAuthority {
  readonly rootPem: string;
  readonly issuingPem: string;
  readonly #now: number;
  readonly #issuing: { readonly keys: CryptoKeyPair; readonly certificate: X509Certificate };

  private constructor(
    root: X509Certificate,
    issuing: { keys: CryptoKeyPair; certificate: X509Certificate },
    now: number,
  ) {
    this.#now = now;
    this.rootPem = `${root.toString("pem")}\n`;
    this.issuingPem = `${issuing.certificate.toString("pem")}\n`;
    this.#issuing = issuing;
  }

  /** @param now - Milliseconds. */
  static async make(name = "Company", now = Date.now()): Promise<CompanyAuthority> {
    const [rootKeys, issuingKeys] = [await newKeys(), await newKeys()];
    const lives = { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + 3650 * DAY_MS) };
    const root = await X509CertificateGenerator.createSelfSigned(
      { ...lives, name: `CN=${name} Root`, keys: rootKeys, signingAlgorithm: ALGORITHM, extensions: [isCa(true)] },
      crypto,
    );
    const certificate = await X509CertificateGenerator.create(
      {
        ...lives,
        ...{ subject: `CN=${name} Issuing`, issuer: root.subject, publicKey: issuingKeys.publicKey },
        ...{ signingKey: rootKeys.privateKey, signingAlgorithm: ALGORITHM, extensions: [isCa(true)] },
      },
      crypto,
    );
    return new CompanyAuthority(root, { keys: issuingKeys, certificate }, now);
  }

  /** Signs a request. @returns the certificate alone, PEM */
  async sign(csrPem: string, wishes: Wishes = {}): Promise<string> {
    const { names, usages = [ExtendedKeyUsage.serverAuth], ca = false, from = -1, to = 90 } = wishes;
    const request = new Pkcs10CertificateRequest(csrPem);
    if (!(await request.verify(crypto))) throw new TypeError("The request is not signed by its key.");
    const asked = request.getExtension("2.5.29.17");
    const alternative =
      names === undefined
        ? asked
        : new SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns" as const, value })));
    const certificate = await X509CertificateGenerator.create(
      {
        subject: request.subject,
        issuer: this.#issuing.certificate.subject,
        publicKey: await request.publicKey.export(crypto),
        signingKey: this.#issuing.keys.privateKey,
        signingAlgorithm: ALGORITHM,
        notBefore: new Date(this.#now + from * DAY_MS),
        notAfter: new Date(this.#now + to * DAY_MS),
        extensions: [
          isCa(ca),
          ...(usages.length > 0 ? [new ExtendedKeyUsageExtension([...usages])] : []),
          ...(alternative === null ? [] : [alternative]),
        ],
      },
      crypto,
    );
    return `${certificate.toString("pem")}\n`;
  }

  /** Signs a request. @returns the chain, as an authority hands it out */
  async chain(csrPem: string, wishes: Wishes = {}): Promise<string> {
    return (await this.sign(csrPem, wishes)) + this.issuingPem + this.rootPem;
  }
}

function newKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as unknown as Promise<CryptoKeyPair>;
}

function isCa(ca: boolean): BasicConstraintsExtension {
  return new BasicConstraintsExtension(ca, undefined, true);
}
