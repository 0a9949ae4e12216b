/** A handle of PKCS#11 as the binding gives it. */
export type CkHandle = Buffer;

/** One attribute of an object. */
export interface CkAttribute {
  readonly type: number;
  readonly value?: number | boolean | string | Buffer;
}

/** A mechanism with its parameter. */
export interface CkMechanism {
  readonly mechanism: number;
  readonly parameter?: Buffer | (Readonly<Record<string, unknown>> & { readonly type: number });
}

/** CK_TOKEN_INFO, the part that is used. Texts are padded with blanks. */
export interface CkTokenInfo {
  readonly label: string;
  readonly manufacturerID: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly flags: number;
  readonly maxSessionCount: number;
  readonly firmwareVersion: { readonly major: number; readonly minor: number };
}

/** The calls of the native binding (pkcs11js) that are used here. @see PKCS#11 v2.40 section 5 */
export interface Cryptoki {
  load(path: string): void;
  close(): void;
  C_Initialize(options?: { readonly flags: number }): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent?: boolean): CkHandle[];
  C_GetTokenInfo(slot: CkHandle): CkTokenInfo;
  C_GetMechanismList(slot: CkHandle): number[];
  C_OpenSession(slot: CkHandle, flags: number): CkHandle;
  C_CloseSession(session: CkHandle): void;
  C_CloseAllSessions(slot: CkHandle): void;
  C_GetSessionInfo(session: CkHandle): { readonly state: number };
  C_Login(session: CkHandle, userType: number, pin?: string): void;
  C_CreateObject(session: CkHandle, template: readonly CkAttribute[]): CkHandle;
  C_DestroyObject(session: CkHandle, object: CkHandle): void;
  C_FindObjectsInit(session: CkHandle, template: readonly CkAttribute[]): void;
  C_FindObjects(session: CkHandle, most: number): CkHandle[];
  C_FindObjectsFinal(session: CkHandle): void;
  C_GetAttributeValue(
    session: CkHandle,
    object: CkHandle,
    template: readonly CkAttribute[],
  ): { readonly type: number; readonly value: Buffer }[];
  C_GenerateKey(session: CkHandle, mechanism: CkMechanism, template: readonly CkAttribute[]): CkHandle;
  C_GenerateKeyPairAsync(
    session: CkHandle,
    mechanism: CkMechanism,
    publicTemplate: readonly CkAttribute[],
    privateTemplate: readonly CkAttribute[],
  ): Promise<{ readonly publicKey: CkHandle; readonly privateKey: CkHandle }>;
  C_EncryptInit(session: CkHandle, mechanism: CkMechanism, key: CkHandle): void;
  C_Encrypt(session: CkHandle, data: Buffer, out: Buffer): Buffer;
  C_EncryptFinal(session: CkHandle, out: Buffer): Buffer;
  C_DecryptInit(session: CkHandle, mechanism: CkMechanism, key: CkHandle): void;
  C_Decrypt(session: CkHandle, data: Buffer, out: Buffer): Buffer;
  C_SignInit(session: CkHandle, mechanism: CkMechanism, key: CkHandle): void;
  C_Sign(session: CkHandle, data: Buffer, out: Buffer): Buffer;
  C_SignFinal(session: CkHandle, out: Buffer): Buffer;
  C_WrapKey(session: CkHandle, mechanism: CkMechanism, wrapping: CkHandle, key: CkHandle, out: Buffer): Buffer;
  C_UnwrapKey(
    session: CkHandle,
    mechanism: CkMechanism,
    unwrapping: CkHandle,
    wrapped: Buffer,
    template: readonly CkAttribute[],
  ): CkHandle;
  C_DeriveKey(session: CkHandle, mechanism: CkMechanism, base: CkHandle, template: readonly CkAttribute[]): CkHandle;
}

/** Object classes and key types. */
export const CKO = { publicKey: 2, privateKey: 3, secretKey: 4 } as const;
export const CKK = { rsa: 0x00, ec: 0x03, generic: 0x10, aes: 0x1f, ecEdwards: 0x40 } as const;

/** Attributes. */
export const CKA = {
  class: 0x00,
  token: 0x01,
  private: 0x02,
  label: 0x03,
  value: 0x11,
  keyType: 0x100,
  id: 0x102,
  sensitive: 0x103,
  encrypt: 0x104,
  decrypt: 0x105,
  wrap: 0x106,
  unwrap: 0x107,
  sign: 0x108,
  verify: 0x10a,
  derive: 0x10c,
  modulus: 0x120,
  modulusBits: 0x121,
  publicExponent: 0x122,
  valueLen: 0x161,
  extractable: 0x162,
  neverExtractable: 0x164,
  checkValue: 0x90,
  ecParams: 0x180,
  ecPoint: 0x181,
} as const;

/** Mechanisms. */
export const CKM = {
  rsaKeyPairGen: 0x0,
  rsaPkcs: 0x1,
  rsaX509: 0x3,
  rsaOaep: 0x9,
  rsaPss: 0xd,
  sha1: 0x220,
  sha1Hmac: 0x221,
  sha224: 0x255,
  sha224Hmac: 0x256,
  sha256: 0x250,
  sha256Hmac: 0x251,
  sha384: 0x260,
  sha384Hmac: 0x261,
  sha512: 0x270,
  sha512Hmac: 0x271,
  genericSecretKeyGen: 0x350,
  ecKeyPairGen: 0x1040,
  ecdsa: 0x1041,
  ecdh1Derive: 0x1050,
  ecEdwardsKeyPairGen: 0x1055,
  eddsa: 0x1057,
  aesKeyGen: 0x1080,
  aesEcb: 0x1081,
  aesCbc: 0x1082,
  aesCtr: 0x1086,
  aesGcm: 0x1087,
  aesCmac: 0x108a,
  aesKeyWrap: 0x2109,
  aesKeyWrapPad: 0x210a,
} as const;

/** Names of the mechanisms, for people. */
export const MECHANISM_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries({
    CKM_RSA_PKCS_KEY_PAIR_GEN: CKM.rsaKeyPairGen,
    CKM_RSA_PKCS: CKM.rsaPkcs,
    CKM_RSA_X_509: CKM.rsaX509,
    CKM_RSA_PKCS_OAEP: CKM.rsaOaep,
    CKM_RSA_PKCS_PSS: CKM.rsaPss,
    CKM_SHA_1_HMAC: CKM.sha1Hmac,
    CKM_SHA224_HMAC: CKM.sha224Hmac,
    CKM_SHA256_HMAC: CKM.sha256Hmac,
    CKM_SHA384_HMAC: CKM.sha384Hmac,
    CKM_SHA512_HMAC: CKM.sha512Hmac,
    CKM_GENERIC_SECRET_KEY_GEN: CKM.genericSecretKeyGen,
    CKM_EC_KEY_PAIR_GEN: CKM.ecKeyPairGen,
    CKM_ECDSA: CKM.ecdsa,
    CKM_ECDH1_DERIVE: CKM.ecdh1Derive,
    CKM_EC_EDWARDS_KEY_PAIR_GEN: CKM.ecEdwardsKeyPairGen,
    CKM_EDDSA: CKM.eddsa,
    CKM_AES_KEY_GEN: CKM.aesKeyGen,
    CKM_AES_ECB: CKM.aesEcb,
    CKM_AES_CBC: CKM.aesCbc,
    CKM_AES_CTR: CKM.aesCtr,
    CKM_AES_GCM: CKM.aesGcm,
    CKM_AES_CMAC: CKM.aesCmac,
    CKM_AES_KEY_WRAP: CKM.aesKeyWrap,
    CKM_AES_KEY_WRAP_PAD: CKM.aesKeyWrapPad,
  }).map(([name, number]) => [number, name]),
);

/** Flags of CK_TOKEN_INFO. */
export const CKF = {
  loginRequired: 0x4,
  protectedAuthenticationPath: 0x100,
  tokenInitialized: 0x400,
  userPinCountLow: 0x10000,
  userPinFinalTry: 0x20000,
  userPinLocked: 0x40000,
} as const;
