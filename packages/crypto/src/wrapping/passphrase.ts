import { argon2 } from "node:crypto";
import { promisify } from "node:util";
import { CryptoError } from "../errors.ts";
import { ROOT_KEY_BYTES } from "../policy/limits.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { KeyEncryptionKey } from "./key-encryption-key.ts";

/** How a passphrase becomes a key; stored beside what the key protects. */
export interface PassphraseParameters {
  readonly kdf: "argon2id";
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
  /** 16 bytes, base64url. */
  readonly salt: string;
}

const SALT_BYTES = 16;
const MIN_MEMORY_KIB = 65_536;
const MAX_MEMORY_KIB = 1_048_576;
const MAX_PASSPHRASE_BYTES = 4096;
const derive = promisify(argon2);

/** Fresh parameters: argon2id, 64 MiB, three passes, one lane. @see RFC 9106 section 4 (second recommended option) */
export function newPassphraseParameters(): PassphraseParameters {
  return {
    kdf: "argon2id",
    memoryKiB: MIN_MEMORY_KIB,
    passes: 3,
    parallelism: 1,
    salt: randomBytes(SALT_BYTES).toString("base64url"),
  };
}

/**
 * Reads stored parameters strictly, within bounds that keep a doctored file from weakening or exhausting us.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT`
 */
export function parsePassphraseParameters(value: unknown): PassphraseParameters {
  const given = value as Partial<Record<keyof PassphraseParameters, unknown>> | null;
  if (typeof given !== "object" || given === null) throw new CryptoError("E_CRYPTO_INPUT");
  const { kdf, memoryKiB, passes, parallelism, salt } = given;
  const inBounds =
    Object.keys(given).length === 5 &&
    kdf === "argon2id" &&
    isWithin(memoryKiB, MIN_MEMORY_KIB, MAX_MEMORY_KIB) &&
    isWithin(passes, 3, 16) &&
    isWithin(parallelism, 1, 8) &&
    typeof salt === "string" &&
    /^[A-Za-z0-9_-]{21}[AQgw]$/.test(salt);
  if (!inBounds) throw new CryptoError("E_CRYPTO_INPUT", "The passphrase parameters are not within bounds.");
  return { kdf, memoryKiB, passes, parallelism, salt };
}

/**
 * Derives the key-encryption key of a passphrase, off the main thread.
 *
 * The passphrase is taken as Unicode NFC, so that the same words typed on another system give the same key.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` for an empty or over-long passphrase or parameters out of bounds
 * @see RFC 9106
 */
export async function deriveKekFromPassphrase(
  passphrase: string,
  parameters: PassphraseParameters,
): Promise<KeyEncryptionKey> {
  const checked = parsePassphraseParameters(parameters);
  const message = Buffer.from(typeof passphrase === "string" ? passphrase.normalize("NFC") : "", "utf8");
  if (message.byteLength === 0 || message.byteLength > MAX_PASSPHRASE_BYTES) {
    throw new CryptoError("E_CRYPTO_INPUT", "A passphrase has between 1 and 4096 bytes.");
  }
  const derived = await derive("argon2id", {
    message,
    nonce: Buffer.from(checked.salt, "base64url"),
    memory: checked.memoryKiB,
    passes: checked.passes,
    parallelism: checked.parallelism,
    tagLength: ROOT_KEY_BYTES,
  });
  message.fill(0);
  return KeyEncryptionKey.take(derived);
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}
