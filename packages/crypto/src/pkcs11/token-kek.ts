import { timingSafeEqual } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { ROOT_KEY_BYTES } from "../policy/limits.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { KeyEncryptionKey } from "../wrapping/key-encryption-key.ts";
import { CKK, CKM, CKO } from "./cryptoki.ts";
import { HsmError } from "./hsm-error.ts";
import type { MechanismCall, ObjectFacts, ObjectName } from "./request.ts";
import type { Token } from "./token.ts";

const MODES = ["AES-GCM", "AES-CBC"] as const;

/** How the token's key protects the one that protects the root key. */
export type TokenKekMode = (typeof MODES)[number];

/**
 * A key-encryption key that only a token opens. Public: worth nothing without the token.
 *
 * The AES key in the token encrypts 32 random bytes, and those encrypt the root key, bound to the agent's identity. The
 * token's key itself never leaves it.
 */
export interface TokenKek {
  readonly serial: string;
  readonly label: string;
  /** CKA_ID, hexadecimal. */
  readonly id: string;
  /** Key check value, hexadecimal; null where the token gives none. */
  readonly check: string | null;
  readonly mode: TokenKekMode;
  /** IV and ciphertext (GCM: with its tag), base64url. */
  readonly wrapped: string;
}

const AAD = Buffer.from("holdfast/token-kek/v1", "ascii");
const IV_BYTES: Readonly<Record<TokenKekMode, number>> = { "AES-GCM": 12, "AES-CBC": 16 };

/**
 * Makes a key-encryption key under an AES-256 key of the token: the one of that label (and id), or a new one when there
 * is none.
 *
 * @returns what undoes it as well: `forget` removes a key that was made here.
 * @throws {@link HsmError} `E_HSM_KEY` for a key that may leave the token, is not AES-256 or is there more than once;
 * `E_HSM_MECHANISM` for a token without AES-GCM and AES-CBC; and others of `Token`
 */
export function establishTokenKek(
  token: Token,
  { label, id }: { readonly label: string; readonly id?: Uint8Array },
): { readonly kek: KeyEncryptionKey; readonly source: TokenKek; readonly made: boolean; forget(): void } {
  const mode = token.has(CKM.aesGcm) ? "AES-GCM" : "AES-CBC";
  if (mode === "AES-CBC") token.require(CKM.aesCbc);
  const wanted = id === undefined ? {} : { id };
  const [found, ...more] = token.callSync("find", { class: CKO.secretKey, label, ...wanted });
  if (more.length > 0) throw new HsmError("E_HSM_KEY", "The token has more than one key of that name: name its id.");
  const facts = found ?? makeKek(token, label, id ?? randomBytes(16));
  const name: ObjectName = { class: CKO.secretKey, id: facts.id, label: facts.label };
  const forget = (): void => {
    if (found === undefined) token.callSync("destroy", { id: facts.id, label: facts.label });
  };
  try {
    requireKek(facts);
    const secret = randomBytes(ROOT_KEY_BYTES);
    const iv = randomBytes(IV_BYTES[mode]);
    const ciphertext = token.callSync("encrypt", { key: name, mechanism: mechanismOf(mode, iv), data: secret });
    const wrapped = Buffer.concat([iv, ciphertext]);
    const again = opened(token, name, mode, wrapped);
    const same = again.byteLength === secret.byteLength && timingSafeEqual(again, secret);
    again.fill(0);
    if (!same || Buffer.from(ciphertext).equals(secret)) throw new CryptoError("E_SELFTEST");
    const source: TokenKek = {
      ...{ serial: token.facts.serial, label: facts.label, id: Buffer.from(facts.id).toString("hex") },
      ...{ check: checkOf(token, name, facts), mode, wrapped: wrapped.toString("base64url") },
    };
    return { kek: KeyEncryptionKey.take(secret), source, made: found === undefined, forget };
  } catch (cause) {
    forget();
    throw cause;
  }
}

/**
 * Gets the key-encryption key back from the token.
 *
 * @throws {@link HsmError} `E_HSM_TOKEN` for another token, `E_HSM_KEY` for a key that is missing or another, `E_HSM_GONE`,
 * `E_HSM_BUSY`; {@link CryptoError} `E_KEK` when the key does not open it
 */
export function openTokenKek(token: Token, source: TokenKek): KeyEncryptionKey {
  const { serial, label, id, check, mode, wrapped } = source;
  if (token.facts.serial !== serial)
    throw new HsmError("E_HSM_TOKEN", "Another token is connected.", { serial: token.facts.serial, expected: serial });
  const name: ObjectName = { class: CKO.secretKey, id: Buffer.from(id, "hex"), label };
  const [facts, ...more] = token.callSync("find", name);
  if (facts === undefined || more.length > 0) throw new HsmError("E_HSM_KEY");
  requireKek(facts);
  if (check !== checkOf(token, name, facts)) throw new HsmError("E_HSM_KEY", "The token has another key of that name.");
  try {
    return KeyEncryptionKey.take(opened(token, name, mode, Buffer.from(wrapped, "base64url")));
  } catch (cause) {
    if (cause instanceof HsmError) throw cause;
    throw new CryptoError("E_KEK");
  }
}

/** Reads a stored source strictly; null for anything else. */
export function parseTokenKek(value: unknown): TokenKek | null {
  const given = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const { serial, label, id, check, mode, wrapped } = given;
  const texts = [serial, label, id, wrapped];
  if (Object.keys(given).sort().join() !== "check,id,label,mode,serial,wrapped") return null;
  if (!texts.every((text) => typeof text === "string")) return null;
  if (check !== null && (typeof check !== "string" || !/^[0-9A-F]{6}$/.test(check))) return null;
  if (!MODES.includes(mode as TokenKekMode) || !/^([0-9a-f]{2})+$/.test(id as string)) return null;
  return { serial, label, id, check, mode, wrapped } as TokenKek;
}

function makeKek(token: Token, label: string, id: Uint8Array): ObjectFacts {
  token.require(CKM.aesKeyGen);
  const usages = { encrypt: true, decrypt: true, wrap: false, unwrap: false, sign: false, derive: false };
  return token.callSync("makeSecret", { id, label, type: "aes", bytes: ROOT_KEY_BYTES, usages });
}

function requireKek({ keyType, bytes, sensitive, extractable }: ObjectFacts): void {
  if (keyType !== CKK.aes || (bytes !== null && bytes !== ROOT_KEY_BYTES))
    throw new HsmError("E_HSM_KEY", "The key in the token is not an AES key of 256 bits.");
  if (!sensitive || extractable)
    throw new HsmError("E_HSM_KEY", "The key in the token may leave it, so it protects nothing.");
}

function opened(token: Token, key: ObjectName, mode: TokenKekMode, wrapped: Buffer): Buffer {
  const iv = wrapped.subarray(0, IV_BYTES[mode]);
  const data = wrapped.subarray(IV_BYTES[mode]);
  const bytes = token.callSync("decrypt", { key, mechanism: mechanismOf(mode, iv), data });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function mechanismOf(mode: TokenKekMode, iv: Uint8Array): MechanismCall {
  if (mode === "AES-GCM") return { kind: "gcm", iv, aad: AAD, tagBits: 128 };
  return { kind: "iv", mechanism: CKM.aesCbc, iv };
}

/** The check value the token tells, or the zero block enciphered; null where it does neither. */
function checkOf(token: Token, key: ObjectName, { checkValue }: ObjectFacts): string | null {
  const zero = Buffer.alloc(16);
  const mechanism = { kind: "iv", mechanism: CKM.aesCbc, iv: zero } as const;
  const computed = token.has(CKM.aesCbc) ? token.callSync("encrypt", { key, mechanism, data: zero }) : checkValue;
  return computed === null ? null : Buffer.from(computed.subarray(0, 3)).toString("hex").toUpperCase();
}
