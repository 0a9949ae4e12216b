import {
  createPublicKey,
  diffieHellman,
  hash as digestOf,
  generateKeyPairSync,
  type KeyObject,
  verify,
} from "node:crypto";
import { CryptoError } from "../../errors.ts";
import { integerOf } from "../../numbers/big-integer.ts";
import { CKM } from "../../pkcs11/cryptoki.ts";
import { tokenKeyOf } from "../../pkcs11/token-key.ts";
import type { Algorithm, SignaturePrimitives } from "../../policy/algorithm.ts";
import { hashNamed } from "../../policy/hash.ts";
import { writeRaw } from "../asymmetric.ts";
import type { Curve } from "../curve.ts";
import { writeEcdsaDer } from "../ecdsa-der.ts";
import { asBuffer } from "./aes.ts";

const PROBE = Buffer.from("holdfast/pairwise/v1");

/** A private key on a NIST curve in a token: ECDSA and ECDH. @see PKCS#11 v2.40 mechanisms, section 2.3 */
export function tokenEc(software: Algorithm, curve: Curve): Algorithm {
  return {
    ...software,
    signature: ecdsaInToken(curve),
    agree: (privateKey, peer) => agreeInToken(privateKey, peer, curve),
  };
}

function ecdsaInToken(curve: Curve): SignaturePrimitives {
  return {
    schemes: ["ECDSA"],
    sign(key, params, data) {
      const { token, name } = tokenKeyOf(key);
      token.require(CKM.ecdsa);
      const digest = params.prehashed === true ? data : digestOf(hashNamed(params.hash).runtime, data, "buffer");
      const mechanism = { kind: "plain", mechanism: CKM.ecdsa } as const;
      const leftmost = digest.subarray(0, curve.bytes);
      const signature = asBuffer(token.callSync("sign", { key: name, mechanism, data: leftmost }));
      if (signature.byteLength !== 2 * curve.bytes) throw new CryptoError("E_SELFTEST");
      if (params.form === "raw") return signature;
      return writeEcdsaDer(integerOf(signature.subarray(0, curve.bytes)), integerOf(signature.subarray(curve.bytes)));
    },
    verify() {
      throw new CryptoError("E_CRYPTO_USAGE"); // the public half is not in the token
    },
  };
}

function agreeInToken(key: KeyObject, peer: KeyObject, curve: Curve): Buffer {
  const { token, name } = tokenKeyOf(key);
  token.require(CKM.ecdh1Derive);
  const point = writeRaw(peer, "raw-private");
  if (point === null) throw new CryptoError("E_CRYPTO_KEY");
  return asBuffer(token.callSync("derive", { key: name, point, bytes: curve.bytes }));
}

/** Proves that the private key in the token belongs to the public key, by what it may do. */
export function provesEc(
  privateKey: KeyObject,
  publicKey: KeyObject,
  curve: Curve,
  usages: readonly string[],
): boolean {
  if (usages.includes("sign")) {
    const params = { scheme: "ECDSA", hash: "SHA-256", form: "raw" } as const;
    const signature = ecdsaInToken(curve).sign(privateKey, params, PROBE);
    return verify("sha256", PROBE, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature);
  }
  const other = generateKeyPairSync("ec", { namedCurve: curve.runtime });
  const here = diffieHellman({ privateKey: other.privateKey, publicKey });
  return agreeInToken(privateKey, createPublicKey(other.privateKey), curve).equals(here);
}

/** Ed25519 in a token that has it. @see PKCS#11 v3.0 mechanisms, section 2.3.14 */
export function tokenEd25519(software: Algorithm): Algorithm {
  return {
    ...software,
    signature: {
      schemes: ["EdDSA"],
      sign(key, { context }, data) {
        if (context !== undefined && context.byteLength > 0)
          throw new CryptoError("E_CRYPTO_INPUT", "Ed25519 takes no context.");
        const { token, name } = tokenKeyOf(key);
        token.require(CKM.eddsa);
        const mechanism = { kind: "plain", mechanism: CKM.eddsa } as const;
        return asBuffer(token.callSync("sign", { key: name, mechanism, data }));
      },
      verify() {
        throw new CryptoError("E_CRYPTO_USAGE"); // the public half is not in the token
      },
    },
    provesPair: (privateKey, publicKey) => {
      const { token, name } = tokenKeyOf(privateKey);
      const mechanism = { kind: "plain", mechanism: CKM.eddsa } as const;
      return verify(null, PROBE, publicKey, token.callSync("sign", { key: name, mechanism, data: PROBE }));
    },
  };
}
