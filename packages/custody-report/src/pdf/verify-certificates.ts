import { ReportError } from "../errors.ts";
import { type Certificate, decodeEcdsaSignature, parseCertificate } from "./certificate.ts";
import type { CmsCertificates } from "./cms.ts";
import { importP256 } from "./cms.ts";

/**
 * Verifies that the report key's certificate was issued by the domain's authority, as the evidence names both.
 *
 * @param at - When the report was made, Unix seconds; both certificates must be valid then.
 * @throws {@link ReportError} `V_CERTIFICATE`
 */
export async function verifyCertificates({ certificate, authority }: CmsCertificates, at: number): Promise<void> {
  const [leaf, root] = [read(certificate), read(authority)];
  if (!root.isAuthority || leaf.isAuthority)
    throw refused("the report key's certificate and its authority's are mixed up");
  if (!sameBytes(root.issuer, root.subject)) throw refused("the authority's certificate is not its own");
  if (!sameBytes(leaf.issuer, root.subject)) throw refused("another authority issued the report key's certificate");
  for (const { notBefore, notAfter } of [leaf, root]) {
    if (at < notBefore || at > notAfter) throw refused("a certificate was not valid when the report was made");
  }
  for (const signed of [root, leaf]) await verifySignature(signed, root);
}

function read(der: Uint8Array): Certificate {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (error instanceof ReportError)
      throw new ReportError("V_CERTIFICATE", `A certificate cannot be read: ${error.message}.`);
    throw error;
  }
}

async function verifySignature(signed: Certificate, issuer: Certificate): Promise<void> {
  let signature: Uint8Array;
  try {
    signature = decodeEcdsaSignature(signed.signature);
  } catch {
    throw refused("a certificate's signature is not of P-256");
  }
  const key = await importP256(issuer.spki).catch(() => null);
  if (key === null) throw refused("the authority's key is no point of P-256");
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  if (!(await crypto.subtle.verify(algorithm, key, new Uint8Array(signature), new Uint8Array(signed.tbs)))) {
    throw refused("the authority did not sign the certificate");
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

function refused(problem: string): ReportError {
  return new ReportError("V_CERTIFICATE", `The report key is refused: ${problem}.`);
}
