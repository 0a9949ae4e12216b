import { CKM } from "../../pkcs11/cryptoki.ts";
import { tokenKeyOf } from "../../pkcs11/token-key.ts";
import type { Algorithm, KeyAlgorithm } from "../../policy/algorithm.ts";
import { asBuffer } from "./aes.ts";

/** HMAC's mechanism by algorithm. */
export const HMAC_MECHANISMS: Partial<Record<KeyAlgorithm, number>> = {
  "HMAC-SHA1": CKM.sha1Hmac,
  "HMAC-SHA224": CKM.sha224Hmac,
  "HMAC-SHA256": CKM.sha256Hmac,
  "HMAC-SHA384": CKM.sha384Hmac,
  "HMAC-SHA512": CKM.sha512Hmac,
};

/** HMAC in a token. @see PKCS#11 v2.40 mechanisms, sections 2.20 to 2.25 */
export function tokenHmac(software: Algorithm, mechanism: number): Algorithm {
  return {
    ...software,
    macs: (software.macs ?? []).map((own) => ({
      ...own,
      compute(key, data) {
        const { token, name } = tokenKeyOf(key);
        token.require(mechanism);
        return asBuffer(token.callSync("sign", { key: name, mechanism: { kind: "plain", mechanism }, data }));
      },
    })),
  };
}
