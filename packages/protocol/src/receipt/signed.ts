import type { SignaturePurpose } from "../approval/challenges.ts";
import { verifyRawSignature } from "../approval/raw-signature.ts";
import { markVerified, type Untrusted, type Verified } from "../brand.ts";
import { decodeBase64url } from "../encoding/base64url.ts";
import { docHash } from "../encoding/hash.ts";
import { base64urlBytes, visibleAscii } from "../schema/fields.ts";
import { type Infer, object } from "../schema/schema.ts";

/** Reads a signed document as it travels. */
export const signedSchema = object({ doc: base64urlBytes(2, 65_536), sig: visibleAscii(100) });

/** A document's bytes and the agent's signature, both base64url. */
export type Signed = Infer<typeof signedSchema>;

/** Reads a signed document from JSON. @throws {@link ProtocolError} `E_SCHEMA` */
export function parseSigned(value: unknown): Signed {
  return signedSchema.read(value, "signed");
}

/**
 * Verifies an agent's signature and reads the document.
 *
 * @param aik - The agent's COSE_Key, base64url, from a verified roster.
 * @throws {@link ProtocolError} `E_SIG`, and what `parse` throws
 */
export async function verifySigned<T>(
  signed: Untrusted<Signed>,
  kind: { readonly typ: string; readonly purpose: SignaturePurpose; readonly parse: (bytes: Uint8Array) => T },
  aik: string,
): Promise<Verified<T>> {
  const bytes = decodeBase64url(signed.doc);
  await verifyRawSignature(aik, kind.purpose, docHash(kind.typ, bytes), signed.sig);
  return markVerified(kind.parse(bytes));
}
