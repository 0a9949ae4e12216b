import type { Random } from "./random.ts";

const HEADER_BYTES = 8;
const LENGTHS = [0, 1, 3, 4, 7, 8, 9, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_ffff];
const REQUEST_MESSAGE = 0x42007801;
const DEEP = 20_000;

/** Changes a message's bytes: bits, lengths, types, cut, doubled, filled, or nothing but noise. */
export function mutateBytes(message: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(message);
  switch (random.below(9)) {
    case 0:
      return bytes.subarray(0, random.below(bytes.length));
    case 1: {
      const at = random.below(bytes.length);
      return Buffer.concat([bytes.subarray(0, at), random.bytes(random.below(64)), bytes.subarray(at)]);
    }
    case 2: {
      const at = random.below(bytes.length);
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.below(64))]);
    }
    case 3: {
      const from = random.below(bytes.length);
      const part = bytes.subarray(from, from + random.below(256));
      return Buffer.concat([bytes.subarray(0, from), part, part, bytes.subarray(from)]);
    }
    case 4:
      return random.once(200) ? deep() : random.bytes(random.below(512));
    case 5:
      for (const at of headers(bytes)) if (random.once(4)) bytes.writeUInt32BE(random.pick(LENGTHS), at + 4);
      return bytes;
    case 6:
      for (const at of headers(bytes)) if (random.once(4)) bytes[at + 3] = random.below(16);
      return bytes;
    default:
      for (let times = 1 + random.below(8); times > 0; times -= 1)
        bytes[random.below(bytes.length)] = random.once(2) ? random.bits() : random.pick([0, 1, 0x7f, 0x80, 0xff]);
      return bytes;
  }
}

/** The bytes as one frame, so that they come to whom they are for: the outermost header is right. */
export function framed(bytes: Buffer): Buffer {
  const message = bytes.length < HEADER_BYTES ? Buffer.alloc(HEADER_BYTES) : Buffer.from(bytes);
  message.writeUInt32BE(REQUEST_MESSAGE, 0);
  message.writeUInt32BE(message.length - HEADER_BYTES, 4);
  return message;
}

/** Structures within structures. */
function deep(): Buffer {
  const bytes = Buffer.alloc(DEEP * HEADER_BYTES);
  for (let level = 0; level < DEEP; level += 1) {
    bytes.writeUInt32BE(level === 0 ? REQUEST_MESSAGE : 0x42000f01, level * HEADER_BYTES);
    bytes.writeUInt32BE((DEEP - level - 1) * HEADER_BYTES, level * HEADER_BYTES + 4);
  }
  return bytes;
}

/** Where items begin, as far as the lengths say so. */
function headers(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length && found.length < 200; ) {
    found.push(at);
    at += HEADER_BYTES + (bytes[at + 3] === 1 ? 0 : (bytes.readUInt32BE(at + 4) + 7) & ~7);
  }
  return found;
}
