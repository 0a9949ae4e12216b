import { encodeBase64url } from "@holdfast/protocol";

/** How browsers write the object: all members, Safari without crossOrigin, or in an order that no browser uses. */
export type ClientDataShape = "chromium" | "safari" | "firefox" | "reordered";

/** What a clientDataJSON shall say; everything may lie. */
export interface ClientDataKnobs {
  readonly type?: unknown;
  /** Bytes are written as base64url, text as it stands. */
  readonly challenge?: Uint8Array | string;
  readonly origin?: unknown;
  /** `"absent"` leaves it out, as Safari does. */
  readonly crossOrigin?: unknown;
  readonly topOrigin?: unknown;
  readonly shape?: ClientDataShape;
  /** Further members, written after the others. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Changes the text before it is signed: duplicate members, spaces, escapes, anything. */
  readonly rewrite?: (text: string) => string;
}

/** The text that a browser gives an authenticator to sign over. */
export function clientDataText(
  honest: { readonly type: string; readonly challenge: Uint8Array; readonly origin: string },
  knobs: ClientDataKnobs = {},
): string {
  const { shape = "chromium", rewrite = (text: string) => text } = knobs;
  const challenge = knobs.challenge ?? honest.challenge;
  const crossOrigin = "crossOrigin" in knobs ? knobs.crossOrigin : shape === "safari" ? "absent" : false;
  const members: [string, unknown][] = [
    ["type", knobs.type ?? honest.type],
    ["challenge", typeof challenge === "string" ? challenge : encodeBase64url(challenge)],
    ["origin", knobs.origin ?? honest.origin],
  ];
  if (shape === "reordered") members.reverse();
  if (crossOrigin !== "absent") members.push(["crossOrigin", crossOrigin]);
  if (knobs.topOrigin !== undefined) members.push(["topOrigin", knobs.topOrigin]);
  members.push(...Object.entries(knobs.extra ?? {}));
  return rewrite(`{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`);
}

/** A rewrite that says a member twice: the second time with another value, at the end. */
export function duplicateMember(name: string, value: unknown): (text: string) => string {
  return (text) => `${text.slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`;
}

/** A rewrite that says a member twice: the first time with another value, at the beginning. */
export function precedingMember(name: string, value: unknown): (text: string) => string {
  return (text) => `{${JSON.stringify(name)}:${JSON.stringify(value)},${text.slice(1)}`;
}
