import { equalBytes } from "../encoding/bytes.ts";
import { ProtocolError } from "../errors.ts";

/** What a TPM signed about a key of its own or about its state. */
export interface TpmAttest {
  readonly kind: "certify" | "quote";
  /** What whoever asked had the TPM sign along. */
  readonly extraData: Uint8Array;
  /** `certify`: the name of the key: its algorithm and hash. */
  readonly name: Uint8Array;
}

/** A public key as a TPM describes it. */
export interface TpmPublic {
  readonly nameAlg: number;
  readonly attributes: number;
  readonly key:
    | { readonly alg: "RS256"; readonly n: Uint8Array; readonly exponent: number }
    | { readonly alg: "ES256"; readonly x: Uint8Array; readonly y: Uint8Array };
}

/** TPM_ALG_SHA256: the one hash that names are taken with. */
export const TPM_SHA256 = 0x000b;
const NULL = 0x0010;
const RSA = 0x0001;
const ECC = 0x0023;
const CURVE_P256 = 0x0003;
const RSASSA = 0x0014;
const ECDSA = 0x0018;
const GENERATED = Uint8Array.of(0xff, 0x54, 0x43, 0x47);
const KINDS = new Map([
  [0x8017, "certify"],
  [0x8018, "quote"],
] as const);

/**
 * Reads a TPMS_ATTEST of a certification or a quote, to its last byte.
 *
 * @throws {@link ProtocolError} `E_CANON`
 * @see TPM 2.0 Library, Part 2, section 10.12
 */
export function readTpmAttest(bytes: Uint8Array): TpmAttest {
  const reader = new Reader(bytes);
  if (!equalBytes(reader.take(4), GENERATED)) throw notTpm();
  const kind = KINDS.get(reader.number(2) as 0x8017);
  if (kind === undefined) throw notTpm();
  reader.sized();
  const extraData = reader.sized();
  reader.take(17 + 8);
  let name: Uint8Array = new Uint8Array();
  if (kind === "certify") {
    name = reader.sized();
    reader.sized();
  } else {
    const banks = reader.number(4);
    if (banks > 16) throw notTpm();
    for (let bank = 0; bank < banks; bank += 1) {
      reader.take(2);
      reader.take(reader.number(1));
    }
    reader.sized();
  }
  reader.end();
  return { kind, extraData, name };
}

/**
 * Reads a TPMT_PUBLIC of an RSA or P-256 key, to its last byte.
 *
 * @throws {@link ProtocolError} `E_CANON`
 * @see TPM 2.0 Library, Part 2, section 12.2.4
 */
export function readTpmPublic(bytes: Uint8Array): TpmPublic {
  const reader = new Reader(bytes);
  const type = reader.number(2);
  const nameAlg = reader.number(2);
  const attributes = reader.number(4);
  reader.sized();
  // A key that signs has no symmetric algorithm; its scheme may be left open or name a hash.
  if (reader.number(2) !== NULL) throw notTpm();
  if (reader.number(2) !== NULL) reader.take(2);
  let key: TpmPublic["key"];
  if (type === RSA) {
    reader.take(2);
    const exponent = reader.number(4) || 65_537;
    key = { alg: "RS256", n: reader.sized(), exponent };
  } else if (type === ECC) {
    if (reader.number(2) !== CURVE_P256) throw notTpm();
    if (reader.number(2) !== NULL) reader.take(2);
    key = { alg: "ES256", x: reader.sized(), y: reader.sized() };
  } else throw notTpm();
  reader.end();
  return { nameAlg, attributes, key };
}

/**
 * Reads a TPMT_SIGNATURE with SHA-256: RSA with PKCS #1 padding, or ECDSA as r‖s.
 *
 * @throws {@link ProtocolError} `E_CANON`
 * @see TPM 2.0 Library, Part 2, section 11.3.4
 */
export function readTpmSignature(bytes: Uint8Array): { kind: "RSA" | "ECDSA"; signature: Uint8Array } {
  const reader = new Reader(bytes);
  const scheme = reader.number(2);
  if (reader.number(2) !== TPM_SHA256 || (scheme !== RSASSA && scheme !== ECDSA)) throw notTpm();
  const first = reader.sized();
  const second = scheme === ECDSA ? reader.sized() : new Uint8Array();
  reader.end();
  if (scheme === RSASSA) return { kind: "RSA", signature: first };
  const size = Math.max(first.length, second.length);
  const signature = new Uint8Array(2 * size);
  signature.set(first, size - first.length);
  signature.set(second, 2 * size - second.length);
  return { kind: "ECDSA", signature };
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  number(size: number): number {
    return this.take(size).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw notTpm();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  sized(): Uint8Array {
    return this.take(this.number(2));
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw notTpm();
  }
}

function notTpm(): ProtocolError {
  return new ProtocolError("E_CANON", "The bytes are not what a TPM signs.");
}
