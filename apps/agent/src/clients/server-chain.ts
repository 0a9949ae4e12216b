import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import { TLS_CONTEXT } from "../endpoints/tls-context.ts";
import { CertificateError } from "./errors.ts";
import { certificatePem } from "./pem.ts";

/** A listener's chain that was checked: its own certificate first. */
export interface ServerChain {
  readonly leaf: X509Certificate;
  readonly issuers: readonly X509Certificate[];
  /** When the first of them ends, Unix seconds. */
  readonly notAfter: number;
}

const LONGEST_CHAIN = 8;
const MAX_PEM_BYTES = 64 * 1024;
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

/**
 * Checks a chain that a company's authority issued: form, key, order and signatures, validity, names, use, and that TLS takes it.
 *
 * It trusts no root: whoever installs it decides that. Treats the file as hostile.
 *
 * @param expected - The key and names of the request; `now` in Unix seconds, null for a chain that was checked before and
 *   may have run out since.
 * @throws {@link CertificateError}
 */
export function checkServerChain(
  pem: string,
  expected: { readonly keyPem: string; readonly names: readonly string[]; readonly now: number | null },
): ServerChain {
  const [leaf, ...issuers] = parseChain(pem);
  if (!leaf.checkPrivateKey(createPrivateKey(expected.keyPem))) throw new CertificateError("E_CERT_KEY");
  if (leaf.ca || !(leaf.keyUsage ?? []).includes(SERVER_AUTH)) throw new CertificateError("E_CERT_USE");
  const missing = expected.names.filter((name) => !covers(leaf, name));
  if (missing.length > 0)
    throw new CertificateError("E_CERT_NAMES", `The certificate does not name ${missing.join(", ")}.`);
  let below = leaf;
  for (const issuer of issuers) {
    if (!issuer.ca || !below.checkIssued(issuer) || !below.verify(issuer.publicKey))
      throw new CertificateError("E_CERT_CHAIN");
    below = issuer;
  }
  const { now } = expected;
  for (const { validFrom, validTo } of [leaf, ...issuers])
    if (now !== null && (secondsOf(validFrom) > now || secondsOf(validTo) <= now))
      throw new CertificateError("E_CERT_TIME");
  tryTls([leaf, ...issuers], expected.keyPem);
  return { leaf, issuers, notAfter: Math.min(...[leaf, ...issuers].map(({ validTo }) => secondsOf(validTo))) };
}

/** @throws {@link CertificateError} `E_CERT_TLS`, such as for keys and signatures that are too weak for it */
function tryTls(chain: readonly X509Certificate[], keyPem: string): void {
  try {
    createSecureContext({ ...TLS_CONTEXT, cert: chain.map(({ raw }) => certificatePem(raw)).join(""), key: keyPem });
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    const why = typeof code === "string" && /^ERR_[A-Z0-9_]{1,80}$/.test(code) ? ` (${code})` : "";
    throw new CertificateError("E_CERT_TLS", `TLS does not take the chain or its key${why}.`);
  }
}

/** @throws {@link CertificateError} `E_CERT_FORM` */
function parseChain(pem: string): [X509Certificate, ...X509Certificate[]] {
  const blocks =
    pem.length > MAX_PEM_BYTES
      ? []
      : (pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? []);
  if (blocks.length > LONGEST_CHAIN) throw new CertificateError("E_CERT_FORM");
  let certificates: X509Certificate[];
  try {
    certificates = blocks.map((block) => new X509Certificate(block));
  } catch {
    throw new CertificateError("E_CERT_FORM");
  }
  const [leaf, ...issuers] = certificates;
  if (leaf === undefined) throw new CertificateError("E_CERT_FORM");
  return [leaf, ...issuers];
}

function covers(certificate: X509Certificate, name: string): boolean {
  return (
    (isIP(name) === 0 ? certificate.checkHost(name, { subject: "never" }) : certificate.checkIP(name)) !== undefined
  );
}

function secondsOf(date: string): number {
  return Math.floor(Date.parse(date) / 1000);
}
