/**
 * Algorithms whose material is kept and given out, and with which nothing is done.
 *
 * The names are those of KMIP's Cryptographic Algorithm, in the form key records use. The list is closed, so that a
 * misspelt algorithm is refused and not silently kept.
 */
export const keptAlgorithms: ReadonlySet<string> = new Set([
  "DES",
  "3DES-2KEY",
  "DSA",
  "DH",
  "EC",
  "ECMQV",
  "Blowfish",
  "Camellia",
  "CAST5",
  "IDEA",
  "MARS",
  "RC2",
  "RC4",
  "RC5",
  "SKIPJACK",
  "Twofish",
  "One-Time-Pad",
  "Poly1305",
  "ARIA",
  "SEED",
  "SM4",
  "SM2",
  "GOST",
  "McEliece",
  "SLH-DSA",
]);
