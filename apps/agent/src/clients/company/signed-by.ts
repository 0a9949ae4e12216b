import { type KeyObject, verify } from "node:crypto";
import { BIT_STRING, DerReader, OID, SEQUENCE } from "./der-reader.ts";

/** Signature algorithms that are believed, by the hexadecimal of their identifier. */
const ALGORITHMS: Readonly<Record<string, { readonly key: string; readonly hash: string | null }>> = {
  "2a864886f70d01010b": { key: "rsa", hash: "sha256" },
  "2a864886f70d01010c": { key: "rsa", hash: "sha384" },
  "2a864886f70d01010d": { key: "rsa", hash: "sha512" },
  "2a8648ce3d040302": { key: "ec", hash: "sha256" },
  "2a8648ce3d040303": { key: "ec", hash: "sha384" },
  "2a8648ce3d040304": { key: "ec", hash: "sha512" },
  "2b6570": { key: "ed25519", hash: null },
};

/**
 * Whether a key has signed bytes, by an algorithm and signature as they stand beside them. SHA-1 and RSA-PSS are not
 * taken.
 *
 * @param algorithm - The content of the AlgorithmIdentifier. @param signature - The BIT STRING's content.
 */
export function isSignedBy(key: KeyObject, data: Buffer, algorithm: Buffer, signature: Buffer): boolean {
  const known = ALGORITHMS[new DerReader(algorithm).take(OID).content.toString("hex")];
  if (known === undefined || known.key !== key.asymmetricKeyType || signature[0] !== 0) return false;
  try {
    return verify(known.hash, data, key, signature.subarray(1));
  } catch {
    return false;
  }
}

/** The parts of what is signed as certificates are: data, algorithm, signature. @throws {@link DerFault} */
export function readSigned(reader: DerReader): { data: Buffer; algorithm: Buffer; signature: Buffer } {
  const { whole: data } = reader.take(SEQUENCE);
  const { content: algorithm } = reader.take(SEQUENCE);
  const { content: signature } = reader.take(BIT_STRING);
  return { data, algorithm, signature };
}
