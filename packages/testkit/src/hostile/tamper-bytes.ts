import { encodeBase64url, findBase64url } from "@holdfast/protocol";

/** The bytes with one bit changed. */
export function flipBit(bytes: Uint8Array, at: number, bit = 0): Uint8Array<ArrayBuffer> {
  const flipped = new Uint8Array(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
  return flipped;
}

/** The same of base64url text. */
export function flipBitOfText(text: string, at: number, bit = 0): string {
  return encodeBase64url(flipBit(findBase64url(text) ?? new Uint8Array(), at, bit));
}

/** The same JSON in another spelling: what a lenient reader takes for the same document. */
export function respell(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(JSON.parse(new TextDecoder().decode(bytes)), null, 1));
}

/** The document with a member that nobody asked for. */
export function addMember(bytes: Uint8Array, name: string, value: unknown): Uint8Array<ArrayBuffer> {
  const members = { ...JSON.parse(new TextDecoder().decode(bytes)), [name]: value };
  const sorted = Object.fromEntries(Object.entries(members).sort(([one], [other]) => (one < other ? -1 : 1)));
  return new TextEncoder().encode(JSON.stringify(sorted));
}
