import type { AttestationStatement } from "../approval/parse-registration.ts";
import type { CoseKey } from "../cose/cose-key.ts";
import { concatBytes, equalBytes } from "../encoding/bytes.ts";
import { sha256 } from "../encoding/hash.ts";
import { authorityDepth, type Certificate, EXTENSION } from "./certificate.ts";
import { objectIdOf, readOne, TAG } from "./der.ts";
import { readTpmAttest, readTpmPublic, TPM_SHA256, type TpmPublic } from "./tpm-structures.ts";

/** The model that Windows Hello gives for passkeys in a TPM. */
const WINDOWS_HELLO_TPM = Uint8Array.of(
  8,
  0x98,
  0x70,
  0x58,
  0xca,
  0xdc,
  0x4b,
  0x81,
  0xb6,
  0xe1,
  0x30,
  0xde,
  0x50,
  0xdc,
  0xbe,
  0x96,
);
/** tcg-kp-AIKCertificate: for keys that attest other keys. */
const ATTESTS_KEYS = "2.23.133.8.3";
/** fixedTPM, fixedParent and sensitiveDataOrigin: made in this TPM, and never outside of it. */
const STAYS_INSIDE = 0x32;

/**
 * What a TPM's statement signs, and what is wrong with it.
 *
 * A TPM's certificate names no model, so the passkey has to be of the one that is known to be in TPMs.
 *
 * @throws {@link ProtocolError} `E_CANON`
 * @see Web Authentication Level 3 section 8.3
 */
export function statementOfTpm(
  { signed, statement, key }: AttestationStatement,
  leaf: Certificate,
  model: Uint8Array,
): { message: Uint8Array; problem: string | null } {
  const [certInfo, pubArea] = [statement.get("certInfo"), statement.get("pubArea")];
  const none = new Uint8Array();
  if (!(certInfo instanceof Uint8Array) || !(pubArea instanceof Uint8Array) || statement.size !== 6)
    return { message: none, problem: "its statement is not a TPM's" };
  const info = readTpmAttest(certInfo);
  const made = readTpmPublic(pubArea);
  const name = concatBytes(Uint8Array.of(0, TPM_SHA256), sha256(pubArea));
  const problem =
    statement.get("ver") !== "2.0" || info.kind !== "certify" || made.nameAlg !== TPM_SHA256
      ? "its statement is not one of a TPM 2.0"
      : !equalBytes(model, WINDOWS_HELLO_TPM)
        ? "its model is not known to be in a TPM"
        : !isSameKey(made.key, key) || !equalBytes(info.name, name)
          ? "the TPM speaks of another key"
          : (made.attributes & STAYS_INSIDE) !== STAYS_INSIDE
            ? "its key may leave the TPM"
            : !equalBytes(info.extraData, sha256(signed))
              ? "the TPM speaks of another registration"
              : certificateProblem(leaf);
  return { message: certInfo, problem };
}

function certificateProblem(leaf: Certificate): string | null {
  const usage = leaf.extensions.get(EXTENSION.extendedKeyUsage);
  const purposes = usage ? readOne(usage.value, TAG.sequence).map(objectIdOf) : [];
  const isTpms =
    leaf.names.size === 0 &&
    leaf.extensions.has(EXTENSION.subjectAltName) &&
    purposes.includes(ATTESTS_KEYS) &&
    leaf.extensions.has(EXTENSION.basicConstraints) &&
    authorityDepth(leaf) === null;
  return isTpms ? null : "its certificate is not one of a TPM that attests keys";
}

function isSameKey(made: TpmPublic["key"], key: CoseKey): boolean {
  if (made.alg === "ES256") return key.alg === "ES256" && equalBytes(made.x, key.x) && equalBytes(made.y, key.y);
  const exponent = key.alg === "RS256" ? key.e.reduce((sum, byte) => sum * 256 + byte, 0) : 0;
  return key.alg === "RS256" && equalBytes(made.n, key.n) && made.exponent === exponent;
}
