import {
  type CipherParams,
  CryptoError,
  type DecipherParams,
  decryptWith,
  encryptWith,
  type HashAlgorithm,
  type KeyHandle,
  type MacParams,
  mac,
  type SignatureParams,
  sign,
  verify,
  verifyMac,
} from "@holdfast/crypto";
import type { KeyOperation } from "@holdfast/protocol";
import type { KeyRecord } from "../keystore/records.ts";
import type { Caller } from "./caller.ts";
import { type Door, handleOf } from "./door.ts";
import { OperationError } from "./errors.ts";
import { permitFor } from "./permit.ts";

/** Which key, as the client names it. */
export interface KeyName {
  readonly name: string;
  readonly group?: string | undefined;
  /** The current version without it. */
  readonly version?: number | undefined;
}

/** Which key version did it. */
export interface UsedKey {
  readonly keyId: string;
  readonly version: number;
}

/** What a request's parameters may depend on. */
export type ParametersOf = Pick<KeyRecord, "type" | "algorithm" | "bits" | "attributes">;

/** Parameters, or what chooses them for a key whose use is permitted. It may refuse by throwing. */
export type Chosen<P> = P | ((key: ParametersOf) => P);

/** The parameters for a key. */
export function chosen<P extends object>(params: Chosen<P>, key: KeyRecord): P {
  return typeof params === "function" ? params(key) : params;
}

/** A key version that a client may use, looked up and permitted. */
export interface Usable {
  readonly key: KeyRecord;
  readonly version: number;
  readonly handle: KeyHandle;
}

/**
 * The key version that a client names, if it may do this with it now.
 *
 * @throws {@link OperationError} as `Access.find` and `Access.check`
 */
export function usableKey(door: Door, { client }: Caller, named: KeyName, operation: KeyOperation): Usable {
  const key = door.access.find(client, named.name, named.group);
  const version = named.version ?? key.current;
  if (named.version !== undefined && !key.versions.some((each) => each.version === version))
    throw new OperationError("E_NOT_FOUND");
  door.access.check(client, key, operation, version);
  return { key, version, handle: handleOf(door, key, version) };
}

/** Whether a client may begin an operation whose data comes in parts; it is asked again when the operation is done. */
export function assertUsable(door: Door, caller: Caller, named: KeyName, operation: KeyOperation): void {
  usableKey(door, caller, named, operation);
}

/** What an encryption with chosen parameters leaves. */
export interface EncryptedWith extends UsedKey {
  readonly ciphertext: Buffer;
  readonly iv?: Buffer;
  readonly tag?: Buffer;
}

/**
 * Encrypts with the parameters that a protocol asks for.
 *
 * @throws {@link OperationError}; {@link CryptoError} `E_CRYPTO_ALGORITHM`, `E_CRYPTO_INPUT`, `E_CRYPTO_IV`,
 *   `E_CRYPTO_LEGACY`, `E_CRYPTO_LIMIT`, `E_CRYPTO_KEY`
 */
export function encryptByParameters(
  door: Door,
  caller: Caller,
  named: KeyName,
  { params: choice, data }: { readonly params: Chosen<CipherParams>; readonly data: Uint8Array },
): EncryptedWith {
  const { key, version, handle } = usableKey(door, caller, named, "encrypt");
  const params = chosen(choice, key);
  door.limits.take(key, data.byteLength);
  const made = encryptWith(handle, params, data, permitFor(door, key, params));
  return { ...made, ...used(door, caller, { key, version, op: "encrypt", bytes: data.byteLength }) };
}

/**
 * Decrypts with the parameters that a protocol asks for. Whatever is wrong with a ciphertext is one answer.
 *
 * @throws {@link OperationError}, `E_DECRYPT` among them; {@link CryptoError} as {@link encryptByParameters}
 */
export function decryptByParameters(
  door: Door,
  caller: Caller,
  named: KeyName,
  request: Chosen<{ readonly params: DecipherParams; readonly data: Uint8Array }>,
): UsedKey & { readonly plaintext: Buffer } {
  const { key, version, handle } = usableKey(door, caller, named, "decrypt");
  const { params, data } = chosen(request, key);
  const plaintext = opened(() => decryptWith(handle, params, data, permitFor(door, key, params)));
  return { plaintext, ...used(door, caller, { key, version, op: "decrypt", bytes: plaintext.byteLength }) };
}

/** How keys of an algorithm sign, where nobody says otherwise. */
function usualSignature({ algorithm }: KeyRecord): SignatureParams {
  if (algorithm?.startsWith("RSA")) return { scheme: "RSA-PSS", hash: "SHA-256" };
  if (algorithm?.startsWith("ML-DSA")) return { scheme: "ML-DSA" };
  if (algorithm?.startsWith("Ed")) return { scheme: "EdDSA" };
  return { scheme: "ECDSA", hash: ECDSA_HASH[algorithm ?? ""] ?? "SHA-256" };
}

const ECDSA_HASH: Readonly<Record<string, HashAlgorithm>> = { "EC-P384": "SHA-384", "EC-P521": "SHA-512" };

/** How keys of an algorithm authenticate, where nobody says otherwise. */
function usualMac({ algorithm }: KeyRecord): MacParams {
  return { algorithm: algorithm?.startsWith("HMAC-") ? "HMAC" : "CMAC" };
}

/** What a signature is asked for with; parameters that are left out are those that the key's algorithm has, unless they are chosen from the key. */
export interface SignatureRequest {
  readonly params?: Partial<SignatureParams> | ((key: ParametersOf) => SignatureParams) | undefined;
  readonly data: Uint8Array;
}

/** What an authentication is asked for with; parameters that are left out are those that the key's algorithm has, unless they are chosen from the key. */
export interface MacRequest {
  readonly params?: Partial<MacParams> | ((key: ParametersOf) => MacParams) | undefined;
  readonly data: Uint8Array;
}

/** Signs. @throws {@link OperationError}, {@link CryptoError} */
export function signWith(
  door: Door,
  caller: Caller,
  named: KeyName,
  { params: given, data }: SignatureRequest,
): UsedKey & { readonly signature: Buffer } {
  const { key, version, handle } = usableKey(door, caller, named, "sign");
  const params = typeof given === "function" ? given(key) : { ...usualSignature(key), ...given };
  door.limits.take(key, data.byteLength);
  const signature = sign(handle, params, data, permitFor(door, key, params));
  return { signature, ...used(door, caller, { key, version, op: "sign", bytes: data.byteLength }) };
}

/** Tells whether a signature is valid. @throws {@link OperationError}, {@link CryptoError} */
export function verifyWith(
  door: Door,
  caller: Caller,
  named: KeyName,
  { params: given, data, signature }: SignatureRequest & { readonly signature: Uint8Array },
): UsedKey & { readonly valid: boolean } {
  const { key, version, handle } = usableKey(door, caller, named, "verify");
  const params = typeof given === "function" ? given(key) : { ...usualSignature(key), ...given };
  const valid = verify(handle, params, data, signature, permitFor(door, key, params));
  return { valid, ...used(door, caller, { key, version, op: "verify", bytes: data.byteLength }) };
}

/** Authenticates data. @throws {@link OperationError}, {@link CryptoError} */
export function macWith(
  door: Door,
  caller: Caller,
  named: KeyName,
  { params: given, data }: MacRequest,
): UsedKey & { readonly mac: Buffer; readonly iv?: Buffer } {
  const { key, version, handle } = usableKey(door, caller, named, "mac");
  const params = typeof given === "function" ? given(key) : { ...usualMac(key), ...given };
  door.limits.take(key, data.byteLength);
  const made = mac(handle, params, data, permitFor(door, key));
  return { ...made, ...used(door, caller, { key, version, op: "mac", bytes: data.byteLength }) };
}

/** Tells whether an authentication code is right. @throws {@link OperationError}, {@link CryptoError} */
export function verifyMacWith(
  door: Door,
  caller: Caller,
  named: KeyName,
  { params: given, data, mac: code }: MacRequest & { readonly mac: Uint8Array },
): UsedKey & { readonly valid: boolean } {
  const { key, version, handle } = usableKey(door, caller, named, "verifymac");
  const params = typeof given === "function" ? given(key) : { ...usualMac(key), ...given };
  const valid = verifyMac(handle, params, data, code, permitFor(door, key));
  return { valid, ...used(door, caller, { key, version, op: "verifymac", bytes: data.byteLength }) };
}

/** Counts a use and says which key version it was. */
export function used(
  { usage }: Door,
  caller: Caller,
  use: { readonly key: KeyRecord; readonly version: number; readonly op: string; readonly bytes: number },
): UsedKey {
  const { key, version, op, bytes } = use;
  usage.add(caller, { keyId: key.id, version, op, bytes });
  return { keyId: key.id, version };
}

/** Work whose every failure to open is one refusal. @throws {@link OperationError} `E_DECRYPT` */
export function opened<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw cause instanceof CryptoError && cause.code === "E_DECRYPT" ? new OperationError("E_DECRYPT") : cause;
  }
}
