import { generateKeyPairSync } from "node:crypto";
import type { KeyHandle } from "../handle/key-handle.ts";
import { importMaterial, publicOf } from "../material/import-material.ts";
import type { Token } from "../pkcs11/token.ts";
import {
  generateTokenKey,
  generateTokenKeyPair,
  openTokenKey,
  type TokenReference,
  tokenReferenceOf,
} from "../pkcs11/token-keys.ts";
import type { KeyUsage } from "../policy/usage.ts";
import { generateKey, generateKeyPair, type KeyPair } from "../provider/crypto.ts";

/** What makes keys of one back end, for tables that run on each. */
export interface BackEnd {
  secret(algorithm: string, usages: readonly KeyUsage[]): Promise<KeyHandle>;
  /** Halves with one usage each. Those of RSA are one and the same key, because making one takes long. */
  pair(algorithm: string, privateUsage: KeyUsage, publicUsage: KeyUsage): Promise<KeyPair>;
}

const KEY_ID = "k_aebagbafaydqqcikbmga2dqpca";
let made = 0;

/** Attributes of another key each time. */
function fresh(...usages: readonly KeyUsage[]) {
  made += 1;
  return { id: { keyId: KEY_ID, version: made }, usages, extractable: false };
}

/** Keys in memory. */
export function softwareBackEnd(): BackEnd {
  let rsa: Buffer | null = null;
  return {
    secret: async (algorithm, usages) => generateKey(algorithm, fresh(...usages)),
    pair: async (algorithm, privateUsage, publicUsage) => {
      if (!algorithm.startsWith("RSA"))
        return generateKeyPair(algorithm, { privateKey: fresh(privateUsage), publicKey: fresh(publicUsage) });
      rsa ??= generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "der", type: "pkcs8" });
      const privateKey = importMaterial(rsa, "pkcs8", { ...fresh(privateUsage), type: "private-key", algorithm });
      return { privateKey, publicKey: publicOf(privateKey, { ...fresh(publicUsage), type: "public-key", algorithm }) };
    },
  };
}

/** Keys in a token. */
export function tokenBackEnd(token: () => Token): BackEnd {
  let rsa: { reference: TokenReference; id: { keyId: string; version: number } } | null = null;
  return {
    secret: async (algorithm, usages) => generateTokenKey(token(), "tid", algorithm, fresh(...usages)),
    pair: async (algorithm, privateUsage, publicUsage) => {
      if (!algorithm.startsWith("RSA"))
        return generateTokenKeyPair(token(), "tid", algorithm, {
          privateKey: fresh(privateUsage),
          publicKey: fresh(publicUsage),
        });
      if (rsa === null) {
        const wanted = { privateKey: fresh("sign", "decrypt"), publicKey: fresh("verify") };
        const { privateKey } = await generateTokenKeyPair(token(), "tid", algorithm, wanted);
        rsa = { reference: tokenReferenceOf(privateKey) as TokenReference, id: privateKey.id };
      }
      const attributes = { id: rsa.id, usages: [privateUsage], extractable: false, algorithm };
      const privateKey = openTokenKey(token(), rsa.reference, { ...attributes, type: "private-key" });
      return { privateKey, publicKey: publicOf(privateKey, { ...fresh(publicUsage), type: "public-key", algorithm }) };
    },
  };
}
