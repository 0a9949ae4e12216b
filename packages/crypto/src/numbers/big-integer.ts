/** Big-endian bytes to an integer. */
export function integerOf(bytes: Uint8Array): bigint {
  return bytes.byteLength === 0
    ? 0n
    : BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`);
}

/** An integer to `size` big-endian bytes; it must fit. */
export function bytesOf(value: bigint, size: number): Buffer {
  return Buffer.from(value.toString(16).padStart(size * 2, "0"), "hex");
}

/** Bits of a non-negative integer. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/** The remainder that is not negative. */
export function modulo(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = modulo(base, modulus);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** The inverse, or null when there is none. */
export function inverse(value: bigint, modulus: bigint): bigint | null {
  let [before, now] = [modulus, modulo(value, modulus)];
  let [beforeFactor, factor] = [0n, 1n];
  while (now > 0n) {
    const quotient = before / now;
    [before, now] = [now, before - quotient * now];
    [beforeFactor, factor] = [factor, beforeFactor - quotient * factor];
  }
  return before === 1n ? modulo(beforeFactor, modulus) : null;
}
