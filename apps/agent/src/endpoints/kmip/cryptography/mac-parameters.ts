import type { MacParams } from "@holdfast/crypto";
import { type CryptographicParameters, ENUM } from "@holdfast/kmip";
import type { ParametersOf } from "../../../operations/use-object.ts";
import { refuseValue } from "../refused.ts";
import { givenParameters } from "./given-parameters.ts";
import { hashAlgorithm, hashOfHmac } from "./hash-algorithms.ts";

const { CMAC } = ENUM.BlockCipherMode;

/**
 * The parameters of a MAC in the door's words: HMAC where a hash function is named or the key is one of HMAC, else CMAC.
 *
 * @throws KmipRefusedError
 * @see KMIP 2.1 section 6.1.31 (MAC)
 */
export function macParameters(given: CryptographicParameters | undefined, key: ParametersOf): MacParams {
  const parameters = givenParameters(given, key.attributes);
  const { cryptographicAlgorithm, hashingAlgorithm, blockCipherMode, tagLength } = parameters;
  const bytes = tagLength === undefined ? {} : { bytes: tagLength };
  const named = hashOfHmac(cryptographicAlgorithm);
  const hash = named ?? (hashingAlgorithm === undefined ? undefined : hashAlgorithm(hashingAlgorithm));
  if (hash !== undefined) return { algorithm: "HMAC", hash, ...bytes };
  if (key.algorithm?.startsWith("HMAC-") === true) return { algorithm: "HMAC", ...bytes };
  if (blockCipherMode !== undefined && blockCipherMode !== CMAC) refuseValue("BlockCipherMode", blockCipherMode);
  return { algorithm: "CMAC", ...bytes };
}
