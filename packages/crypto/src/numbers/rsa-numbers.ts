import { checkPrimeSync, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { bitLength, bytesOf, integerOf, inverse, power } from "./big-integer.ts";

/** The numbers of an RSA private key in their usual names. @see RFC 8017 section 3.2 */
export interface RsaNumbers {
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qi: bigint;
}

/** Reads the numbers out of a runtime key. They stay in this process's memory until it reuses it. */
export function numbersOf(key: KeyObject): RsaNumbers {
  const jwk = key.export({ format: "jwk" }) as Record<keyof RsaNumbers, string>;
  const read = (name: keyof RsaNumbers): bigint => integerOf(Buffer.from(jwk[name] ?? "", "base64url"));
  return {
    n: read("n"),
    e: read("e"),
    d: read("d"),
    p: read("p"),
    q: read("q"),
    dp: read("dp"),
    dq: read("dq"),
    qi: read("qi"),
  };
}

/**
 * Tells whether the numbers are those of one sound two-prime key.
 *
 * @see SP 800-56B revision 2 section 6.4.1 (key-pair validation); FIPS 186-5 appendix A.1.1 (distance, size of d)
 */
export function areSoundRsaNumbers({ n, e, d, p, q, dp, dq, qi }: RsaNumbers): boolean {
  const bits = bitLength(n);
  const half = BigInt(bits >> 1);
  const distance = p > q ? p - q : q - p;
  return (
    p > 1n &&
    q > 1n &&
    p * q === n &&
    (e & 1n) === 1n &&
    e >= 3n &&
    d > 1n << half &&
    d < n &&
    distance > 1n << (half - 100n) &&
    (e * d) % (p - 1n) === 1n &&
    (e * d) % (q - 1n) === 1n &&
    dp === d % (p - 1n) &&
    dq === d % (q - 1n) &&
    qi < p &&
    (qi * q) % p === 1n &&
    isProbablePrime(p) &&
    isProbablePrime(q)
  );
}

/** Miller-Rabin with at least 64 random bases, whoever chose the number. @see FIPS 186-5 appendix B.3 */
export function isProbablePrime(value: bigint): boolean {
  return value > 1n && checkPrimeSync(value, { checks: 64 });
}

/**
 * Completes a private key given by n and enough of the rest: d and e; or p and q with one of d and e. What is given is
 * kept, so that the later check of soundness sees it.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT` when too little is given; `E_CRYPTO_KEY` when n does not factor so
 */
export function completed(given: Partial<RsaNumbers> & Pick<RsaNumbers, "n">): RsaNumbers {
  const { n } = given;
  const [p, q] = factorsGivenOrFound(given);
  if (p < 2n || q < 2n) throw new CryptoError("E_CRYPTO_KEY");
  const order = ((p - 1n) * (q - 1n)) / greatestCommonDivisor(p - 1n, q - 1n);
  const e = given.e ?? inverseOrRefuse(given.d, order);
  const d = given.d ?? inverseOrRefuse(given.e, order);
  const qi = given.qi ?? inverseOrRefuse(q, p);
  return { n, e, d, p, q, dp: given.dp ?? d % (p - 1n), dq: given.dq ?? d % (q - 1n), qi };
}

function factorsGivenOrFound({ n, e, d, p, q }: Partial<RsaNumbers> & Pick<RsaNumbers, "n">): [bigint, bigint] {
  if (p !== undefined && q !== undefined) return [p, q];
  if (e === undefined || d === undefined)
    throw new CryptoError("E_CRYPTO_INPUT", "A private RSA key has d and e, or p and q.");
  if (n < 3n || e < 3n || d < 3n) throw new CryptoError("E_CRYPTO_KEY");
  return factorsOf(n, e, d);
}

function inverseOrRefuse(value: bigint | undefined, modulus: bigint): bigint {
  if (value === undefined) throw new CryptoError("E_CRYPTO_INPUT", "A private RSA key has d or e.");
  const found = inverse(value, modulus);
  if (found === null) throw new CryptoError("E_CRYPTO_KEY");
  return found;
}

/**
 * The factors of n, found without a search. It works for every d that is below the least common multiple of p - 1 and
 * q - 1, or below their product when they share no large factor.
 *
 * @see SP 800-56B revision 2 appendix C.2
 */
function factorsOf(n: bigint, e: bigint, d: bigint): [bigint, bigint] {
  const order = d * e - 1n;
  const multiple = order * greatestCommonDivisor(n - 1n, order);
  const times = multiple / n;
  const rest = multiple - times * n;
  if ((n - rest) % (times + 1n) === 0n) {
    const sum = (n - rest) / (times + 1n) + 1n; // p + q
    const square = sum * sum - 4n * n;
    const difference = square > 0n ? squareRoot(square) : 0n;
    const p = (sum + difference) / 2n;
    if (difference > 0n && p > 1n && p * (n / p) === n) return [p, n / p];
  }
  return factorsBySearch(n, order);
}

/** @see SP 800-56B revision 2 appendix C.1 */
function factorsBySearch(n: bigint, order: bigint): [bigint, bigint] {
  let odd = order;
  let twos = 0;
  while (odd > 0n && (odd & 1n) === 0n) {
    odd >>= 1n;
    twos += 1;
  }
  for (let base = 2n; twos > 0 && base < 18n; base += 1n) {
    let root = power(base, odd, n);
    for (let step = 0; step < twos && root !== 1n && root !== n - 1n; step += 1) {
      const square = (root * root) % n;
      if (square === 1n) {
        const p = greatestCommonDivisor(root - 1n, n);
        return p > n / p ? [p, n / p] : [n / p, p];
      }
      root = square;
    }
  }
  throw new CryptoError("E_CRYPTO_KEY");
}

/** The integer part of the square root, by Newton's method. */
function squareRoot(value: bigint): bigint {
  let guess = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller > 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

/** The numbers as a JSON Web Key, which the runtime reads. */
export function jwkOf(numbers: Partial<RsaNumbers>): Record<string, string> {
  const jwk: Record<string, string> = { kty: "RSA" };
  for (const [name, value] of Object.entries(numbers)) {
    jwk[name] = bytesOf(value, Math.ceil(bitLength(value) / 8)).toString("base64url");
  }
  return jwk;
}
