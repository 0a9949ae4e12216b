import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/** A self attestation's statement; without one the form is `none`. */
export interface SelfAttestation {
  /** COSE number of the algorithm. */
  readonly alg: number;
  readonly sig: Uint8Array;
}

/** The CBOR that `create()` gives. */
export function attestationObject(authData: Uint8Array, self: SelfAttestation | null = null): Uint8Array {
  const statement = self
    ? concatBytes(Uint8Array.of(0xa2), text("alg"), negative(self.alg), text("sig"), byteString(self.sig))
    : Uint8Array.of(0xa0);
  return concatBytes(
    Uint8Array.of(0xa3),
    text("fmt"),
    text(self ? "packed" : "none"),
    text("attStmt"),
    statement,
    text("authData"),
    byteString(authData),
  );
}

function text(value: string): Uint8Array {
  return concatBytes(Uint8Array.of(0x60 | value.length), utf8ToBytes(value));
}

function byteString(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const head = length < 24 ? [0x40 | length] : length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255];
  return concatBytes(Uint8Array.from(head), bytes);
}

function negative(value: number): Uint8Array {
  const argument = -1 - value;
  if (argument < 24) return Uint8Array.of(0x20 | argument);
  return argument < 256 ? Uint8Array.of(0x38, argument) : Uint8Array.of(0x39, argument >> 8, argument & 255);
}
