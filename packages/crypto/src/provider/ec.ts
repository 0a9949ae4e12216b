import { createECDH, diffieHellman, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { bytesOf, integerOf } from "../numbers/big-integer.ts";
import type { Algorithm, KeyAlgorithm, SignatureParams, SignaturePrimitives } from "../policy/algorithm.ts";
import { hashNamed } from "../policy/hash.ts";
import { publicHalf, readDer, readRaw, writeDer, writeRaw } from "./asymmetric.ts";
import { CURVES, type Curve } from "./curve.ts";
import { readEcdsaDer, writeEcdsaDer } from "./ecdsa-der.ts";
import { signDigest, verifyDigest } from "./ecdsa-digest.ts";

const PROBE = Buffer.from("holdfast/pairwise/v1");
const WEBCRYPTO_NAMES = {
  "EC-P256": "P-256",
  "EC-P384": "P-384",
  "EC-P521": "P-521",
  "EC-secp256k1": "K-256",
} as const;

/** ECDSA and ECDH over the curves on the allow-list. @see FIPS 186-5 section 6; SP 800-56A revision 3; SP 800-186 */
export const ecAlgorithms: readonly Algorithm[] = (Object.keys(CURVES) as (keyof typeof CURVES)[]).map((name) => {
  const curve: Curve = CURVES[name];
  const signature = ecdsaOver(curve);
  const raw = { asymmetricKeyType: "ec", namedCurve: curve.runtime };
  return {
    name: name satisfies KeyAlgorithm,
    legacy: false,
    usages: { "private-key": ["sign", "agree", "derive"], "public-key": ["verify", "agree", "derive"] },
    webcrypto: () => ({ name: "ECDSA", namedCurve: WEBCRYPTO_NAMES[name] }),
    bitsOf: (key) => {
      if (key.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== curve.runtime)
        throw new CryptoError("E_CRYPTO_KEY");
      return curve.bits;
    },
    invocationLimit: 0,
    scalarBytes: curve.bytes,
    newPrivateKey: () => generateKeyPairSync("ec", { namedCurve: curve.runtime }).privateKey,
    readAsymmetric: (half, format, bytes) => {
      if (half === "private-key" && format === "raw" && bytes.byteLength !== curve.bytes)
        throw new CryptoError("E_CRYPTO_KEY");
      const key = format === "raw" ? readRaw(half, bytes, raw, "raw-private") : readDer(half, format, bytes);
      if (half === "public-key") requirePoint(curve, key, bytes);
      return key;
    },
    isConsistent: (key) => {
      const scalar = scalarOf(key);
      const value = integerOf(scalar);
      if (value < 1n || value >= curve.n) return false;
      const ecdh = createECDH(curve.runtime);
      ecdh.setPrivateKey(scalar);
      scalar.fill(0);
      return ecdh.getPublicKey().equals(pointOf(key));
    },
    writeAsymmetric: (key, format) =>
      format === "raw" ? writeRaw(key, "raw-private") : writeDer(key, format, key.type === "private" ? ["sec1"] : []),
    provesPair: (privateKey, publicKey) => {
      const params = { scheme: "ECDSA", hash: "SHA-256" } as const;
      return signature.verify(publicKey, params, PROBE, signature.sign(privateKey, params, PROBE));
    },
    signature,
    agree: (privateKey, peer) => diffieHellman({ privateKey, publicKey: peer }),
  };
});

/** @see FIPS 186-5 section 6.4 */
function ecdsaOver(curve: Curve): SignaturePrimitives {
  return {
    schemes: ["ECDSA"],
    sign(key, params, data) {
      const { runtime } = hashNamed(params.hash);
      if (params.prehashed !== true) return sign(runtime, data, { key, dsaEncoding: encodingOf(params) });
      const scalar = scalarOf(key);
      const { r, s } = signDigest(curve, scalar, data);
      scalar.fill(0);
      if (!verifyDigest(curve, pointOf(key), r, s, data)) throw new CryptoError("E_SELFTEST");
      return params.form === "raw"
        ? Buffer.concat([bytesOf(r, curve.bytes), bytesOf(s, curve.bytes)])
        : writeEcdsaDer(r, s);
    },
    verify(key, params, data, signature) {
      const { runtime } = hashNamed(params.hash);
      if (params.form === "raw" && signature.byteLength !== 2 * curve.bytes) return false;
      try {
        if (params.prehashed !== true)
          return verify(runtime, data, { key, dsaEncoding: encodingOf(params) }, signature);
        const numbers =
          params.form === "raw"
            ? {
                r: integerOf(signature.subarray(0, curve.bytes)),
                s: integerOf(signature.subarray(curve.bytes)),
              }
            : readEcdsaDer(signature, curve.bytes);
        return numbers !== null && verifyDigest(curve, pointOf(key), numbers.r, numbers.s, data);
      } catch {
        return false; // a DER signature that does not parse
      }
    },
  };
}

function encodingOf({ form }: SignatureParams): "der" | "ieee-p1363" {
  return form === "raw" ? "ieee-p1363" : "der";
}

function scalarOf(key: KeyObject): Buffer {
  const scalar = writeRaw(key, "raw-private");
  if (scalar === null) throw new CryptoError("E_CRYPTO_KEY");
  return scalar;
}

/**
 * Refuses the point at infinity and the hybrid form, which the runtime reads: an encoding ends with a whole point,
 * uncompressed or compressed.
 *
 * @throws {@link CryptoError} `E_CRYPTO_KEY`
 * @see SP 800-56A revision 3 section 5.6.2.3.3 (full public-key validation); SEC 1 section 2.3.4
 */
function requirePoint({ bytes: size }: Curve, key: KeyObject, encoded: Buffer): void {
  const point = pointOf(key);
  const compressed = Buffer.concat([
    Buffer.of(2 + (point.readUInt8(point.byteLength - 1) & 1)),
    point.subarray(1, 1 + size),
  ]);
  const whole = point.byteLength === 1 + 2 * size && point[0] === 4;
  const plain = encoded.subarray(-point.byteLength).equals(point) || encoded.subarray(-1 - size).equals(compressed);
  if (!whole || !plain) throw new CryptoError("E_CRYPTO_KEY");
}

/** The public point, uncompressed. */
function pointOf(key: KeyObject): Buffer {
  const point = writeRaw(publicHalf(key), "raw-private");
  if (point === null) throw new CryptoError("E_CRYPTO_KEY");
  return point;
}
