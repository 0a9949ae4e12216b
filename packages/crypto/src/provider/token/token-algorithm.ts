import type { KeyObject } from "node:crypto";
import { CKM } from "../../pkcs11/cryptoki.ts";
import { HsmError } from "../../pkcs11/hsm-error.ts";
import type { PairForm } from "../../pkcs11/request.ts";
import type { Algorithm } from "../../policy/algorithm.ts";
import type { KeyUsage } from "../../policy/usage.ts";
import { CURVES } from "../curve.ts";
import { tokenAes } from "./aes.ts";
import { provesEc, tokenEc, tokenEd25519 } from "./ec.ts";
import { HMAC_MECHANISMS, tokenHmac } from "./hmac.ts";
import { provesRsa, tokenRsa } from "./rsa.ts";

/** An algorithm as tokens do it: how keys are made there, and the primitives with a key that is there. */
export interface TokenAlgorithm {
  readonly algorithm: Algorithm;
  /** What makes a key, and what a token must have to make one. */
  readonly making:
    | { readonly kind: "secret"; readonly type: "aes" | "generic"; readonly mechanism: number }
    | { readonly kind: "pair"; readonly form: PairForm; readonly mechanism: number };
  /** Proves that a pair belongs together, by one of its uses. */
  proves(privateKey: KeyObject, publicKey: KeyObject, usages: readonly KeyUsage[]): boolean;
}

/** CKA_EC_PARAMS: the curve's object identifier. */
const EC_PARAMS = {
  "EC-P256": "06082a8648ce3d030107",
  "EC-P384": "06052b81040022",
  "EC-P521": "06052b81040023",
} as const;
const ED25519_PARAMS = "06032b6570";

const yes = (): boolean => true;

/** How tokens do what the allow-list names. @throws {@link HsmError} `E_HSM_MECHANISM` for what no token is asked to do */
export function tokenAlgorithmOf(software: Algorithm): TokenAlgorithm {
  const { name } = software;
  if (/^AES-(128|192|256)$/.test(name)) {
    const making = { kind: "secret", type: "aes", mechanism: CKM.aesKeyGen } as const;
    return { algorithm: tokenAes(software), making, proves: yes };
  }
  const hmac = HMAC_MECHANISMS[name];
  if (hmac !== undefined) {
    const making = { kind: "secret", type: "generic", mechanism: CKM.genericSecretKeyGen } as const;
    return { algorithm: tokenHmac(software, hmac), making, proves: yes };
  }
  const rsa = /^RSA-(2048|3072|4096)$/.exec(name);
  if (rsa !== null) {
    const form = { kind: "rsa", bits: Number(rsa[1]) } as const;
    return {
      algorithm: tokenRsa(software),
      making: { kind: "pair", form, mechanism: CKM.rsaKeyPairGen },
      proves: provesRsa,
    };
  }
  if (name === "EC-P256" || name === "EC-P384" || name === "EC-P521") {
    const curve = CURVES[name];
    const form = { kind: "ec", params: Buffer.from(EC_PARAMS[name], "hex") } as const;
    return {
      algorithm: tokenEc(software, curve),
      making: { kind: "pair", form, mechanism: CKM.ecKeyPairGen },
      proves: (privateKey, publicKey, usages) => provesEc(privateKey, publicKey, curve, usages),
    };
  }
  if (name === "Ed25519") {
    const algorithm = tokenEd25519(software);
    const form = { kind: "edwards", params: Buffer.from(ED25519_PARAMS, "hex") } as const;
    return {
      algorithm,
      making: { kind: "pair", form, mechanism: CKM.ecEdwardsKeyPairGen },
      proves: (privateKey, publicKey) => algorithm.provesPair?.(privateKey, publicKey) === true,
    };
  }
  throw new HsmError("E_HSM_MECHANISM", `No keys of ${name} are kept in a token.`, { algorithm: name });
}
