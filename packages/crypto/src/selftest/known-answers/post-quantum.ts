import { createPublicKey, hash } from "node:crypto";
import { algorithmNamed } from "../../provider/crypto.ts";
import { hex, is, type KnownAnswer } from "./known-answer.ts";

/** The public key of a seed, by its SHA-256 because it is long; and that the pair does what a pair does. */
function growsFromSeed(algorithm: string, seed: string, publicKeySha256: string): boolean {
  const { readAsymmetric, writeAsymmetric, provesPair } = algorithmNamed(algorithm);
  const privateKey = readAsymmetric?.("private-key", "raw", hex(seed));
  if (privateKey === undefined) return false;
  const publicKey = createPublicKey(privateKey);
  const raw = writeAsymmetric?.(publicKey, "raw") ?? Buffer.alloc(0);
  return is(hash("sha256", raw, "buffer"), publicKeySha256) && provesPair?.(privateKey, publicKey) === true;
}

const KEM_D = "e582b7d75e6c80b05ae392a1fc9f7153b12390fd99930368cc67a768baebc8a0";
const KEM_Z = "1cdacb8740c0b87c4a379575f187b367cbfa3b300bf591b109f79816e9cbe8f0";

/** A made-up ciphertext opens to SHAKE256 of z and itself, never to a refusal. */
function rejectsImplicitly(): boolean {
  const { readAsymmetric, kem } = algorithmNamed("ML-KEM-768");
  const privateKey = readAsymmetric?.("private-key", "raw", hex(KEM_D + KEM_Z));
  if (privateKey === undefined || kem === undefined) return false;
  const ciphertext = Buffer.alloc(kem.ciphertextBytes, 0x5a);
  const expected = hash("shake256", Buffer.concat([hex(KEM_Z), ciphertext]), {
    outputEncoding: "hex",
    outputLength: 32,
  });
  return is(kem.decapsulate(privateKey, ciphertext), expected);
}

/** Key encapsulation and signatures after quantum computers. */
export const postQuantumAnswers: readonly KnownAnswer[] = [
  {
    name: "ML-KEM-768",
    only: /^ML-KEM-/,
    source: "ACVP ML-KEM-keyGen test 26",
    holds: () =>
      growsFromSeed("ML-KEM-768", KEM_D + KEM_Z, "4158f6afb5e516c99f1da07da8c651348422b17c1f4e9a08ad73fb1f91249b3e"),
  },
  { name: "ML-KEM-768 implicit rejection", source: "FIPS 203 section 6.3", holds: rejectsImplicitly, only: /^ML-KEM-/ },
  {
    name: "ML-DSA-65",
    only: /^ML-DSA-/,
    source: "ACVP ML-DSA-keyGen test 26",
    holds: () =>
      growsFromSeed(
        "ML-DSA-65",
        "a991fd42b071d49c48ae3e75c647459e0daad1e1ba356a04801912d3294bcff8",
        "b1a7d0d2f0d7a04b9d5ffccd9bd578864dab4a01cdd7f70a05cd1f4f0672e43a",
      ),
  },
];
