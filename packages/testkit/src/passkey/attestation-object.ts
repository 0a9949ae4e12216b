import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/** A statement's form and its CBOR. */
export interface Statement {
  readonly format: string;
  readonly bytes: Uint8Array;
}

/** What a statement says. */
export type StatementMembers = Readonly<Record<string, number | string | Uint8Array | readonly Uint8Array[]>>;

/** A statement without any. */
export const NO_STATEMENT: Statement = { format: "none", bytes: Uint8Array.of(0xa0) };

/** A statement signed by the new key itself. @param alg - COSE number of the algorithm. */
export function selfStatement(alg: number, sig: Uint8Array): Statement {
  return statementOf("packed", { alg, sig });
}

/** A statement of members in their order: numbers below zero, text, bytes, lists of bytes. */
export function statementOf(format: string, members: StatementMembers): Statement {
  const entries = Object.entries(members);
  const encoded = entries.flatMap(([name, value]) => [text(name), member(value)]);
  return { format, bytes: concatBytes(Uint8Array.of(0xa0 | entries.length), ...encoded) };
}

/** The CBOR that `create()` gives. */
export function attestationObject(authData: Uint8Array, { format, bytes }: Statement = NO_STATEMENT): Uint8Array {
  return concatBytes(
    Uint8Array.of(0xa3),
    text("fmt"),
    text(format),
    text("attStmt"),
    bytes,
    text("authData"),
    byteString(authData),
  );
}

function member(value: StatementMembers[string]): Uint8Array {
  if (typeof value === "number") return negative(value);
  if (typeof value === "string") return text(value);
  if (value instanceof Uint8Array) return byteString(value);
  return concatBytes(Uint8Array.of(0x80 | value.length), ...value.map(byteString));
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
