import { encodeCanonical } from "../canonical/encode-canonical.ts";
import { decodeBase64url, encodeBase64url } from "../encoding/base64url.ts";
import { concatBytes, utf8 } from "../encoding/bytes.ts";
import { ProtocolError } from "../errors.ts";
import { base64urlBytes, label, p256Point, plainId, plainText } from "../schema/fields.ts";
import { type Infer, integer, literal, object } from "../schema/schema.ts";

/** Rounds of PBKDF2 in new files; older and doctored files are read within bounds. */
const ROUNDS = 1_000_000;

const NOTE =
  "A custodian's key. With its passphrase it opens this custodian's share of every backup, and nothing alone. Keep the two apart.";

const keyFile = object({
  typ: literal("holdfast-custodian-key"),
  ver: literal(1),
  note: plainText(1, 500),
  /** Whose it is, as the file's maker said. */
  name: label,
  seat: plainId,
  hpke: p256Point,
  rounds: integer(600_000, 10_000_000),
  salt: base64urlBytes(16),
  iv: base64urlBytes(12),
  ct: base64urlBytes(48),
});

/** A custodian's key under a passphrase, as its file holds it. */
export type CustodianKeyFile = Infer<typeof keyFile>;

/** Reads a key file's text. @throws {@link ProtocolError} `E_SCHEMA` */
export function parseKeyFile(text: string): CustodianKeyFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  return keyFile.read(value, "file");
}

/** Puts a custodian's seed under a passphrase. */
export async function sealKeyFile(
  seed: Uint8Array,
  about: Pick<CustodianKeyFile, "name" | "seat" | "hpke">,
  passphrase: string,
): Promise<CustodianKeyFile> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await keyOf(passphrase, salt, ROUNDS);
  const { name, seat, hpke } = about;
  const additionalData = binding({ seat, hpke });
  const ct = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, seed.slice());
  return {
    ...{ typ: "holdfast-custodian-key", ver: 1, note: NOTE, name, seat, hpke, rounds: ROUNDS },
    salt: encodeBase64url(salt),
    iv: encodeBase64url(iv),
    ct: encodeBase64url(new Uint8Array(ct)),
  };
}

/**
 * Opens a key file. The caller wipes the seed.
 *
 * @throws {@link ProtocolError} `E_SIG` for a wrong passphrase or a changed file, without saying which
 */
export async function openKeyFile(file: CustodianKeyFile, passphrase: string): Promise<Uint8Array<ArrayBuffer>> {
  const key = await keyOf(passphrase, decodeBase64url(file.salt), file.rounds);
  try {
    const additionalData = binding(file);
    const iv = decodeBase64url(file.iv);
    return new Uint8Array(
      await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, decodeBase64url(file.ct)),
    );
  } catch {
    throw new ProtocolError("E_SIG", "The passphrase does not open this key file.");
  }
}

const READABLE = "abcdefghijkmnpqrstuvwxyz23456789"; // 32 characters without l, o, 0 and 1

/** A passphrase nobody has to invent: 25 readable characters, 125 bits. */
export function newPassphrase(): string {
  const characters = [...crypto.getRandomValues(new Uint8Array(25))].map((byte) => READABLE.charAt(byte & 31));
  return [0, 5, 10, 15, 20].map((at) => characters.slice(at, at + 5).join("")).join("-");
}

function binding({ seat, hpke }: Pick<CustodianKeyFile, "seat" | "hpke">): Uint8Array<ArrayBuffer> {
  return concatBytes(utf8("holdfast/custodian-key/v1\0"), encodeCanonical({ seat, hpke }));
}

async function keyOf(passphrase: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> {
  const secret = utf8(passphrase.normalize("NFC"));
  const base = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]);
  secret.fill(0);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}
