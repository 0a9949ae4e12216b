import { equalBytes } from "../encoding/bytes.ts";
import { authorityDepth, type Certificate, EXTENSION, maySignCertificates } from "./certificate.ts";
import { fitsCertificateKey, schemeOfObjectId } from "./certificate-key.ts";

/** Most certificates that a maker may send along. */
export const MAX_PATH = 5;

/** Extensions whose meaning is judged here; any other one that is critical refuses its certificate. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  EXTENSION.basicConstraints,
  EXTENSION.keyUsage,
  EXTENSION.extendedKeyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.policies,
]);

/**
 * Why a path of certificates does not lead to one of the roots; null when it does.
 *
 * Trusts: `roots`. The path begins with the certificate in question, each issued by the next; the last is issued by a
 * root, or is one.
 *
 * @param at - Unix seconds; every certificate, the root too, must be valid then.
 * @throws {@link ProtocolError} `E_CANON` for extensions that are not DER
 * @see RFC 5280 section 6.1, of which names' and policies' constraints are refused instead of judged
 */
export async function pathProblem(
  path: readonly Certificate[],
  roots: readonly Certificate[],
  at: number,
): Promise<string | null> {
  if (path.length < 1 || path.length > MAX_PATH) return "too few or too many certificates";
  const last = path.at(-1) as Certificate;
  const whole: Certificate[] = [...path];
  if (!isAnyOf(last, roots)) {
    const root = await findIssuer(last, roots);
    if (root === null) return "no allowed root issued it";
    whole.push(root);
  }
  for (const [place, certificate] of whole.entries()) {
    if (at < certificate.notBefore || at > certificate.notAfter) return "a certificate was not valid then";
    if ([...certificate.extensions].some(([id, { critical }]) => critical && !UNDERSTOOD.has(id)))
      return "a certificate demands what is not known here";
    if (place === 0) continue;
    const depth = authorityDepth(certificate);
    if (depth === null || depth < place - 1 || !maySignCertificates(certificate))
      return "a certificate may not issue the one before it";
    if (!(await isIssuedBy(whole[place - 1] as Certificate, certificate))) return "the certificates are no chain";
  }
  return null;
}

/** Whether a certificate is itself one of the roots. */
export function isAnyOf(certificate: Certificate, roots: readonly Certificate[]): boolean {
  return roots.some(({ der }) => equalBytes(der, certificate.der));
}

async function findIssuer(certificate: Certificate, roots: readonly Certificate[]): Promise<Certificate | null> {
  for (const root of roots) if (await isIssuedBy(certificate, root)) return root;
  return null;
}

async function isIssuedBy(certificate: Certificate, issuer: Certificate): Promise<boolean> {
  const scheme = schemeOfObjectId(certificate.algorithm);
  if (scheme === undefined || !equalBytes(certificate.issuer, issuer.subject)) return false;
  return fitsCertificateKey(issuer.spki, scheme, certificate.signature, certificate.tbs);
}
