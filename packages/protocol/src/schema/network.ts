import { type Schema, text } from "./schema.ts";

/** An IP network: the bits of its address, 32 or 128 of them, and how many of them count. */
interface Network {
  readonly bits: bigint;
  readonly width: 32 | 128;
  readonly prefix: number;
}

/** Fewest bits that count: what is larger is no network that anybody runs. */
const LEAST_PREFIX = { 32: 8, 128: 16 } as const;

const BYTE = /^(?:0|[1-9]\d{0,2})$/;
const PART = /^(?:0|[1-9a-f][0-9a-f]{0,3})$/;
const PREFIX = /^(?:0|[1-9]\d{0,2})$/;

/** An IP network as `10.0.0.0/8` or `2001:db8::/32`: in its one spelling, at least a /8 or a /16, nothing set behind it. */
export const network: Schema<string> = text(isNetwork, "an IP network in its shortest form, /8 or smaller (IPv6: /16)");

/** Whether a text is a network that a command can name. */
export function isNetwork(value: string): boolean {
  return value.length <= 43 && readNetwork(value) !== null;
}

/**
 * Whether an address is in a network.
 *
 * @param address - IPv4, IPv6, or IPv4 as `::ffff:10.0.0.1`, as sockets give it; anything else is in no network.
 */
export function isInNetwork(address: string, cidr: string): boolean {
  const within = readNetwork(cidr);
  const plain = address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
  const found = plain.includes(":") ? readV6(plain.toLowerCase()) : readV4(plain);
  if (within === null || found === null || found.width !== within.width) return false;
  const shift = BigInt(within.width - within.prefix);
  return found.bits >> shift === within.bits >> shift;
}

function readNetwork(value: string): Network | null {
  const [address = "", end = "", more] = value.split("/");
  if (more !== undefined || !PREFIX.test(end)) return null;
  const read = address.includes(":") ? readV6(address) : readV4(address);
  const prefix = Number(end);
  if (read === null || prefix > read.width || prefix < LEAST_PREFIX[read.width]) return null;
  const isShortest = read.width === 32 || showV6(read.bits) === address;
  const rest = read.bits & ((1n << BigInt(read.width - prefix)) - 1n);
  return isShortest && rest === 0n ? { ...read, prefix } : null;
}

function readV4(address: string): Omit<Network, "prefix"> | null {
  const bytes = address.split(".");
  if (bytes.length !== 4 || !bytes.every((each) => BYTE.test(each) && Number(each) <= 255)) return null;
  return { bits: bytes.reduce((sum, each) => (sum << 8n) | BigInt(each), 0n), width: 32 };
}

/** Without a zone, and without IPv4 in its end. */
function readV6(address: string): Omit<Network, "prefix"> | null {
  const [head = "", tail, more] = address.split("::");
  if (more !== undefined) return null;
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const parts = [...before, ...Array<string>(missing).fill("0"), ...after];
  if (!parts.every((each) => PART.test(each))) return null;
  return { bits: parts.reduce((sum, each) => (sum << 16n) | BigInt(`0x${each}`), 0n), width: 128 };
}

/** The one spelling of an address. @see RFC 5952 section 4 */
function showV6(bits: bigint): string {
  const parts = Array.from({ length: 8 }, (_, at) => ((bits >> BigInt(16 * (7 - at))) & 0xffffn).toString(16));
  let [start, length] = [0, 1];
  for (let from = 0; from < 8; from += 1) {
    let run = 0;
    while (parts[from + run] === "0") run += 1;
    if (run > length) [start, length] = [from, run];
  }
  if (length < 2) return parts.join(":");
  return `${parts.slice(0, start).join(":")}::${parts.slice(start + length).join(":")}`;
}
