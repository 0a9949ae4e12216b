import { certify } from "./certify.ts";
import { createSplitKey } from "./create-split-key.ts";
import { decrypt } from "./decrypt.ts";
import { deriveKey } from "./derive-key.ts";
import { encrypt } from "./encrypt.ts";
import { hash } from "./hash.ts";
import { joinSplitKey } from "./join-split-key.ts";
import type { OperationTable } from "./kmip-operation.ts";
import { mac } from "./mac.ts";
import { macVerify } from "./mac-verify.ts";
import { pkcs11 } from "./pkcs11.ts";
import { reCertify } from "./re-certify.ts";
import { reProvision } from "./re-provision.ts";
import { rngRetrieve } from "./rng-retrieve.ts";
import { rngSeed } from "./rng-seed.ts";
import { sign } from "./sign.ts";
import { signatureVerify } from "./signature-verify.ts";
import { validate } from "./validate.ts";

/** What is done with keys, what is made of them, and what needs none. */
export const CRYPTOGRAPHIC_OPERATIONS = {
  Encrypt: encrypt,
  Decrypt: decrypt,
  Sign: sign,
  SignatureVerify: signatureVerify,
  MAC: mac,
  MACVerify: macVerify,
  Hash: hash,
  RNGRetrieve: rngRetrieve,
  RNGSeed: rngSeed,
  DeriveKey: deriveKey,
  CreateSplitKey: createSplitKey,
  JoinSplitKey: joinSplitKey,
  Certify: certify,
  ReCertify: reCertify,
  Validate: validate,
  PKCS_11: pkcs11,
  ReProvision: reProvision,
} satisfies OperationTable;
