import { parseVkey } from "@holdfast/tlog";
import { StoreError } from "../keystore/errors.ts";

/** What an enrolment token of a control plane names. */
export interface EnrolmentToken {
  /** Address of the agents' gateway: https, or http on loopback. */
  readonly gateway: string;
  readonly witness: { readonly name: string; readonly vkey: string };
  /** SHA-256 of the gateway's SubjectPublicKeyInfo, base64url, when it has no public certificate. */
  readonly spki?: string;
  /** One-use secret; worth a mailbox and nothing else. */
  readonly secret: string;
  readonly loopback: boolean;
}

const PREFIX = "hfe1.";
const MAX_LENGTH = 2048;
const SECRET = /^[A-Za-z0-9_-]{22,86}$/;
const SPKI = /^[A-Za-z0-9_-]{43}$/;

/**
 * Reads a token strictly: exactly the known members, an address that is safe to dial, a witness key that parses.
 *
 * @throws {@link StoreError} `E_SCHEMA`
 * @see docs/spec/gateway.md
 */
export function parseEnrolmentToken(text: string): EnrolmentToken {
  const value = decode(text);
  const { gateway, witness, spki, secret, ...rest } = value;
  if (Object.keys(rest).length > 0) throw refused("it has members that no token has");
  if (typeof gateway !== "string" || typeof witness !== "string" || typeof secret !== "string")
    throw refused("a member is missing");
  if (!SECRET.test(secret)) throw refused("its secret is not one");
  if (spki !== undefined && (typeof spki !== "string" || !SPKI.test(spki)))
    throw refused("its certificate pin is not one");
  const loopback = checkGateway(gateway);
  return {
    gateway,
    witness: { name: witnessName(witness), vkey: witness },
    ...(spki === undefined ? {} : { spki }),
    secret,
    loopback,
  };
}

function decode(text: string): Record<string, unknown> {
  if (text.length > MAX_LENGTH || !text.startsWith(PREFIX)) throw refused(`it does not begin with "${PREFIX}"`);
  try {
    const bytes = Buffer.from(text.slice(PREFIX.length), "base64url");
    if (bytes.toString("base64url") !== text.slice(PREFIX.length)) throw refused("it is not readable; copy it whole");
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Not JSON: refused below.
  }
  throw refused("it is not readable; copy it whole");
}

/** @returns whether the address is on this machine. */
function checkGateway(text: string): boolean {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refused("its address is not one");
  }
  const loopback = ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname);
  const plain = url.origin === text && url.username === "" && url.password === "";
  if (!plain) throw refused("its address holds more than scheme, host and port");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback)) {
    throw refused("its address is neither https nor on this machine");
  }
  return loopback;
}

function witnessName(vkey: string): string {
  try {
    return parseVkey(vkey).name;
  } catch {
    throw refused("its witness key does not parse");
  }
}

function refused(why: string): StoreError {
  return new StoreError("E_SCHEMA", `The token is refused: ${why}.`);
}
