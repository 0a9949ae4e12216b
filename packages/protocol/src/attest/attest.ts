import type { Untrusted, Verified } from "../brand.ts";
import { type Signed, verifySigned } from "../receipt/signed.ts";
import { documentCodec } from "../schema/document.ts";
import { aid, base64urlBytes, hash, plainText, rosterReference, tid, time } from "../schema/fields.ts";
import { array, type Infer, integer, literal, object, optional, word } from "../schema/schema.ts";

const attest = object({
  typ: literal("attest"),
  ver: literal(1),
  tid,
  aid,
  build: plainText(1, 128),
  sbom: optional(hash),
  runtime: plainText(1, 128),
  fips: object({
    mode: word("on", "off"),
    module: plainText(1, 64),
    moduleVersion: plainText(1, 64),
    linkage: word("bundled", "shared"),
    provider: optional(object({ sha256: hash, version: optional(plainText(1, 32)) })),
    validation: literal("not claimed"),
  }),
  unseal: optional(word("file", "credential", "passphrase", "shares", "pkcs11", "other")),
  roster: rosterReference,
  checkpoint: object({ size: integer(), root: hash }),
  keys: object({ count: integer(), root: hash }),
  /** The newest backup that the log records, and keys that are in none; absent before the first. */
  backup: optional(object({ at: time, size: integer(), unbacked: integer() })),
  evidence: array(object({ kind: literal("none") }), 1, 1),
  nonce: base64urlBytes(8, 64),
  ts: time,
});

/** What an agent says of itself. Without hardware evidence it is the agent's word. */
export type Attest = Infer<typeof attest>;

const codec = documentCodec("attest", attest);

/** Reads an attestation's bytes. @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA` */
export const parseAttest = codec.parse;

/** Encodes an attestation; the agent signs `rawSignatureBase("attest", docHash("attest", bytes))`. @throws {@link ProtocolError} `E_SCHEMA` */
export const encodeAttest = codec.encode;

/** Verifies that an agent signed an attestation. @param aik - Its COSE_Key, base64url. @throws {@link ProtocolError} `E_SIG`, and the codes of {@link parseAttest} */
export function verifyAttest(signed: Untrusted<Signed>, aik: string): Promise<Verified<Attest>> {
  return verifySigned(signed, { typ: "attest", purpose: "attest", parse: parseAttest }, aik);
}
