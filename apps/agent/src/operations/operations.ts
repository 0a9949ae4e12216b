import type { CipherParams, DecipherParams, HashAlgorithm } from "@holdfast/crypto";
import type { ObjectIssuer } from "../clients/object-issuer.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import type { AttributeBag, ClientRecord, KeyRecord } from "../keystore/records.ts";
import type { NewKey } from "../lifecycle/create.ts";
import type { Executor } from "../lifecycle/executor.ts";
import type { Logger } from "../logger.ts";
import type { ClockGuard } from "../self-check/clock.ts";
import { Access } from "./access.ts";
import type { AttributeChange } from "./attribute-change.ts";
import type { Caller } from "./caller.ts";
import { type Certification, certifyObject, recertifyObject } from "./certify-object.ts";
import { changeAttributes } from "./change-attributes.ts";
import {
  activateObject,
  archiveObject,
  destroyObject,
  type Revocation,
  recoverObject,
  revokeObject,
} from "./change-life.ts";
import {
  allocateUse,
  type CheckedUse,
  checkObject,
  type IntendedUse,
  type Lease,
  leaseObject,
} from "./check-object.ts";
import { type DecryptionInParts, decryptInParts, type EncryptionInParts, encryptInParts } from "./cipher-in-parts.ts";
import { findClientRules, setClientRules } from "./client-rules.ts";
import { CoarseClock } from "./coarse-clock.ts";
import { createKey, createKeyPair } from "./create-key.ts";
import { createObject, createPair, type ObjectPair } from "./create-object.ts";
import { type DataKey, dataKey } from "./data-key.ts";
import { type Decrypted, decrypt, type Sealed } from "./decrypt.ts";
import { agreeObject, type Derived, decapsulateObject, deriveObject, encapsulateObject } from "./derive-object.ts";
import { describeKey } from "./describe-key.ts";
import { describeObject } from "./describe-object.ts";
import type { Door } from "./door.ts";
import { type Encrypted, encrypt, type Plain, sealerFor } from "./encrypt.ts";
import { type Enrolled, type EnrolmentRequest, enrolBySecret } from "./enrol-by-secret.ts";
import { getMaterial, type MaterialRequest, type Released } from "./get-material.ts";
import { hashData } from "./hash-data.ts";
import type { KeyMetadata } from "./key-metadata.ts";
import { type KeyPage, type KeyQuery, listKeys } from "./list-keys.ts";
import { locateObjects } from "./locate-objects.ts";
import type { NewObject, NewPair, Registration, ReKey } from "./new-object.ts";
import type { Located, ObjectQuery } from "./object-query.ts";
import type { ObjectView } from "./object-view.ts";
import { random, seedRandom } from "./random.ts";
import { type Rate, RateLimit } from "./rate-limit.ts";
import { recordAttestation } from "./record-attestation.ts";
import { type ReencryptRequest, reencrypt } from "./reencrypt.ts";
import { registerObject } from "./register-object.ts";
import { rekeyObject, rekeyPair } from "./rekey-object.ts";
import { type RenewedCertificate, renewCertificate } from "./renew-certificate.ts";
import { type Joining, joinObject, type SplitRequest, splitObject } from "./split-object.ts";
import { UsageLimits } from "./usage-limits.ts";
import { UsageRecord } from "./usage-record.ts";
import {
  assertUsable,
  type Chosen,
  decryptByParameters,
  type EncryptedWith,
  encryptByParameters,
  type KeyName,
  type MacRequest,
  macWith,
  type SignatureRequest,
  signWith,
  type UsedKey,
  verifyMacWith,
  verifyWith,
} from "./use-object.ts";

/** What the one door opens onto: a founded, unsealed domain. */
export interface OperationsParts {
  readonly keystore: Keystore;
  readonly executor: Executor;
  readonly guard: ClockGuard;
  readonly index: LogIndex;
  readonly logger: Logger;
  readonly dataDirectory: string;
  /** Certifies public keys; without it nothing is certified. */
  readonly issuer?: ObjectIssuer;
  /** Keys that one client may create: a burst, then so many a second. */
  readonly createRate?: Rate;
  /** Where refusals of those are counted whom nobody knows. */
  readonly refusals?: { count(code: string): void };
}

const CREATE_RATE = { perSecond: 50, burst: 1000 } as const;
/** Changes that one client may ask for. */
const CHANGE_RATE = { perSecond: 500, burst: 5000 } as const;
/** Releases that one client may ask for: they share transactions, and pools of a database's connections ask at once. */
const RELEASE_RATE = { perSecond: 20_000, burst: 40_000 } as const;
/** Attestations that one client may ask for. */
const ATTEST_RATE = { perSecond: 0.2, burst: 5 } as const;
/** Clients that one enrolment secret may let in. */
const ENROL_RATE = { perSecond: 2, burst: 50 } as const;
const ROLL_MS = 60_000;

/**
 * The one door for use: every endpoint turns its requests into these calls, and nothing else uses a key.
 *
 * Each call checks the client's grants, the key's state and usage, performs the operation and counts it. Uses of keys are
 * synchronous: nothing can change between the check and the use. What is written down first, changes and releases,
 * resolves when it is durable, and is checked again in its transaction.
 *
 * An object is named by its id, the UUID of its id, an alias, another system's identifier or its one name; one that no
 * grant of the client covers is absent for it, in word and in time.
 *
 * Caller must: have proved who the client is ({@link identify}) at this very request.
 */
export class Operations {
  readonly #parts: OperationsParts;
  readonly #door: Door;
  readonly #usage: UsageRecord;
  readonly #limits: UsageLimits;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: OperationsParts) {
    this.#parts = parts;
    const { keystore, executor, guard, createRate = CREATE_RATE } = parts;
    const clock = new CoarseClock(guard);
    this.#usage = new UsageRecord({ ...parts, clock });
    this.#limits = new UsageLimits(keystore, executor);
    this.#door = {
      keystore,
      executor,
      clock,
      access: new Access(keystore, clock, (keys) => executor.takeDueSteps(keys)),
      usage: this.#usage,
      limits: this.#limits,
      issuer: parts.issuer ?? null,
      writes: new RateLimit(createRate),
      changes: new RateLimit(CHANGE_RATE),
      releases: new RateLimit(RELEASE_RATE),
      attestations: new RateLimit(ATTEST_RATE),
      enrolments: new RateLimit(ENROL_RATE),
      refused: (code, about) => {
        parts.refusals?.count(code);
        if (about !== undefined) parts.logger.warn("enrolment.refused", { code, ...about });
      },
    };
  }

  /** The client whose possession of a key TLS proved. @throws {@link OperationError} as `Access.identify` */
  identify(spki: string): ClientRecord {
    return this.#door.access.identify(spki);
  }

  /** Lets a client in by an enrolment secret. */
  enrolBySecret(request: EnrolmentRequest): Promise<Enrolled> {
    return enrolBySecret(this.#door, request);
  }

  /** The agent's judged time, Unix seconds: cheap enough for every answer. */
  get now(): number {
    return this.#door.clock.now();
  }

  /** Whether a client that was identified may still ask anything. */
  isServed(spki: string): boolean {
    try {
      this.identify(spki);
      return true;
    } catch {
      return false;
    }
  }

  /** Whether what the client makes in a group may be such that its material leaves. */
  mayExtract({ client }: Caller, group: string): boolean {
    return this.#door.access.coversGroup(client, group, "get");
  }

  /** Makes a key. */
  createObject(caller: Caller, item: NewObject): Promise<ObjectView> {
    return createObject(this.#door, caller, item);
  }

  /** Makes a private and a public key, linked to each other. */
  createPair(caller: Caller, item: NewPair): Promise<ObjectPair> {
    return createPair(this.#door, caller, item);
  }

  /** Takes in an object that exists already. */
  registerObject(caller: Caller, item: Registration): Promise<ObjectView> {
    return registerObject(this.#door, caller, item);
  }

  /** Makes a key that takes an old one's place and names. */
  rekeyObject(caller: Caller, name: string, change: ReKey = {}): Promise<ObjectView> {
    return rekeyObject(this.#door, caller, name, change);
  }

  /** The same for a key pair, named by its private key. */
  rekeyPair(
    caller: Caller,
    name: string,
    change: { readonly privateKey: ReKey; readonly publicKey: ReKey } = { privateKey: {}, publicKey: {} },
  ): Promise<ObjectPair> {
    return rekeyPair(this.#door, caller, name, change);
  }

  activateObject(caller: Caller, name: string): Promise<ObjectView> {
    return activateObject(this.#door, caller, name);
  }

  revokeObject(caller: Caller, name: string, revocation: Revocation): Promise<ObjectView> {
    return revokeObject(this.#door, caller, name, revocation);
  }

  destroyObject(caller: Caller, name: string): Promise<ObjectView> {
    return destroyObject(this.#door, caller, name);
  }

  archiveObject(caller: Caller, name: string): Promise<ObjectView> {
    return archiveObject(this.#door, caller, name);
  }

  recoverObject(caller: Caller, name: string): Promise<ObjectView> {
    return recoverObject(this.#door, caller, name);
  }

  /** Says something else about an object. @param decide - From the object as it is at that moment. */
  changeAttributes(caller: Caller, name: string, decide: (object: ObjectView) => AttributeChange): Promise<ObjectView> {
    return changeAttributes(this.#door, caller, name, decide);
  }

  /** Finds objects among those that the client may locate, newest first. */
  locateObjects(caller: Caller, query: ObjectQuery): Located {
    return locateObjects(this.#door, caller, query);
  }

  describeObject(caller: Caller, name: string, group?: string): ObjectView {
    return describeObject(this.#door, caller, name, group);
  }

  /** What the client has set for all that it makes; null while it has set nothing. It needs no grant. */
  findClientRules(caller: Caller): AttributeBag | null {
    return findClientRules(this.#door, caller);
  }

  /** Sets the client's own rules. @param decide - From the rules as they are at that moment. */
  setClientRules(caller: Caller, decide: (rules: AttributeBag | null) => AttributeBag): Promise<void> {
    return setClientRules(this.#door, caller, decide);
  }

  /** Takes material out, durable in the log before this resolves. */
  getMaterial(caller: Caller, request: MaterialRequest): Promise<Released> {
    return getMaterial(this.#door, caller, request);
  }

  checkObject(caller: Caller, name: string, intended: IntendedUse): CheckedUse {
    return checkObject(this.#door, caller, name, intended);
  }

  allocateUse(caller: Caller, name: string, amount: number): ObjectView {
    return allocateUse(this.#door, caller, name, amount);
  }

  leaseObject(caller: Caller, name: string): Lease {
    return leaseObject(this.#door, caller, name);
  }

  encryptWith(
    caller: Caller,
    key: KeyName,
    request: { params: Chosen<CipherParams>; data: Uint8Array },
  ): EncryptedWith {
    return encryptByParameters(this.#door, caller, key, request);
  }

  decryptWith(
    caller: Caller,
    key: KeyName,
    request: Chosen<{ params: DecipherParams; data: Uint8Array }>,
  ): UsedKey & { readonly plaintext: Buffer } {
    return decryptByParameters(this.#door, caller, key, request);
  }

  sign(caller: Caller, key: KeyName, request: SignatureRequest): UsedKey & { readonly signature: Buffer } {
    return signWith(this.#door, caller, key, request);
  }

  verify(
    caller: Caller,
    key: KeyName,
    request: SignatureRequest & { readonly signature: Uint8Array },
  ): UsedKey & { readonly valid: boolean } {
    return verifyWith(this.#door, caller, key, request);
  }

  mac(caller: Caller, key: KeyName, request: MacRequest): UsedKey & { readonly mac: Buffer; readonly iv?: Buffer } {
    return macWith(this.#door, caller, key, request);
  }

  verifyMac(
    caller: Caller,
    key: KeyName,
    request: MacRequest & { readonly mac: Uint8Array },
  ): UsedKey & { readonly valid: boolean } {
    return verifyMacWith(this.#door, caller, key, request);
  }

  /** Whether the client may begin an operation whose data is gathered first. Nothing is used by it. */
  assertUsable(caller: Caller, key: KeyName, operation: "sign" | "verify" | "mac" | "verifymac"): void {
    assertUsable(this.#door, caller, key, operation);
  }

  /** Begins an encryption whose data comes in parts; each part is checked like the first. */
  encryptInParts(caller: Caller, key: KeyName, params: Chosen<CipherParams>): EncryptionInParts {
    return encryptInParts(this.#door, caller, key, params);
  }

  decryptInParts(caller: Caller, key: KeyName, params: Chosen<DecipherParams>): DecryptionInParts {
    return decryptInParts(this.#door, caller, key, params);
  }

  /** Derives an object from a key or from secret data. */
  deriveObject(caller: Caller, base: KeyName, request: Parameters<typeof deriveObject>[3]): Promise<ObjectView> {
    return deriveObject(this.#door, caller, base, request);
  }

  /** Issues a certificate for a public key. */
  certifyObject(caller: Caller, name: string, asked: Certification): Promise<ObjectView> {
    return certifyObject(this.#door, caller, name, asked);
  }

  /** Issues a certificate in the place of another. */
  recertifyObject(caller: Caller, name: string, asked: Certification): Promise<ObjectView> {
    return recertifyObject(this.#door, caller, name, asked);
  }

  /** Splits a key into objects, enough of which make it again. */
  splitObject(caller: Caller, request: SplitRequest): Promise<ObjectView[]> {
    return splitObject(this.#door, caller, request);
  }

  /** Makes an object of the parts of a split key. @param decide - How they belong together. */
  joinObject(
    caller: Caller,
    parts: readonly string[],
    decide: (parts: readonly KeyRecord[]) => Joining,
  ): Promise<ObjectView> {
    return joinObject(this.#door, caller, parts, decide);
  }

  /** Agrees with a peer on a secret, or on a key derived from it. */
  agreeObject(caller: Caller, key: KeyName, request: Parameters<typeof agreeObject>[3]): Promise<ObjectView> {
    return agreeObject(this.#door, caller, key, request);
  }

  /** Makes a secret and encapsulates it to a public key. */
  encapsulateObject(
    caller: Caller,
    key: KeyName,
    request: { readonly object: Derived },
  ): ReturnType<typeof encapsulateObject> {
    return encapsulateObject(this.#door, caller, key, request);
  }

  /** Opens an encapsulated secret into an object. */
  decapsulateObject(
    caller: Caller,
    key: KeyName,
    request: { readonly ciphertext: Uint8Array; readonly object: Derived },
  ): Promise<ObjectView> {
    return decapsulateObject(this.#door, caller, key, request);
  }

  /** Hashes data; it needs no key and no grant. */
  hash(hash: HashAlgorithm, data: Uint8Array): Buffer {
    return hashData(this.#door, hash, data);
  }

  createKey(caller: Caller, item: NewKey): KeyMetadata {
    return createKey(this.#door, caller, item);
  }

  /** The same, and answered where new keys are to be held first. @throws as {@link createKey}; {@link AdmissionError} `E_UNBACKED` */
  async createHeldKey(caller: Caller, item: NewKey): Promise<KeyMetadata> {
    const made = createKey(this.#door, caller, item);
    await this.#door.executor.untilHeld();
    return made;
  }

  /** A key pair of the simple form. @throws as {@link createKey} */
  createKeyPair(caller: Caller, item: NewKey): Promise<ObjectPair> {
    return createKeyPair(this.#door, caller, item);
  }

  listKeys(caller: Caller, query: KeyQuery): KeyPage {
    return listKeys(this.#door, caller, query);
  }

  describeKey(caller: Caller, name: string, group?: string): KeyMetadata {
    return describeKey(this.#door, caller, name, group);
  }

  /** Encrypts one. @throws {@link OperationError}, {@link CryptoError} `E_CRYPTO_LIMIT` */
  encrypt(
    caller: Caller,
    key: { readonly name: string; readonly group?: string | undefined },
    plain: Plain,
  ): Encrypted {
    return encrypt(this.#door, caller, sealerFor(this.#door, caller, key.name, key.group), plain);
  }

  /**
   * Encrypts many under one key: looked up and permitted once, then each for itself.
   *
   * @param each - Called for every item, in order, with its result or its refusal.
   */
  encryptEach(
    caller: Caller,
    key: { readonly name: string; readonly group?: string | undefined },
    items: Iterable<() => Plain>,
    each: (result: Encrypted | null, refusal: unknown) => void,
  ): void {
    const sealer = sealerFor(this.#door, caller, key.name, key.group);
    for (const item of items) attempt(() => encrypt(this.#door, caller, sealer, item()), each);
  }

  /** Opens one. @throws {@link OperationError} */
  decrypt(caller: Caller, sealed: Sealed): Decrypted {
    return decrypt(this.#door, caller, sealed);
  }

  /** Opens many, each for itself. @param each - Called for every item, in order, with its result or its refusal. */
  decryptEach(
    caller: Caller,
    items: Iterable<() => Sealed>,
    each: (result: Decrypted | null, refusal: unknown) => void,
  ): void {
    for (const item of items) attempt(() => decrypt(this.#door, caller, item()), each);
  }

  reencrypt(caller: Caller, request: ReencryptRequest): Encrypted {
    return reencrypt(this.#door, caller, request);
  }

  dataKey(caller: Caller, request: Parameters<typeof dataKey>[2]): DataKey {
    return dataKey(this.#door, caller, request);
  }

  /** Renews the caller's own certificate. @throws {@link OperationError}, {@link AdmissionError} */
  renewCertificate(caller: Caller, request: Parameters<typeof renewCertificate>[2]): Promise<RenewedCertificate> {
    return renewCertificate(this.#door, caller, request);
  }

  random(caller: Caller, bytes: number): Buffer {
    return random(this.#door, caller, bytes);
  }

  /** Stirs a client's entropy into the random bytes that clients get. @returns how much was taken */
  seedRandom(caller: Caller, bytes: Uint8Array): number {
    return seedRandom(this.#door, caller, bytes);
  }

  /** Permits an attestation and puts it on record. Caller must: make it afterwards. */
  recordAttestation(caller: Caller): void {
    recordAttestation(this.#door, caller);
  }

  /** Roll-ups of use that the custody log has not taken yet. */
  get waitingUse(): number {
    return this.#usage.waiting;
  }

  /** Where a client was last seen to use a key since the start; null when it was not. */
  seenFrom(clientId: string): string | null {
    return this.#usage.seenFrom(clientId);
  }

  /** Begins to roll use into the custody log each minute. */
  start(): void {
    this.#timer ??= setInterval(() => this.sweep(), ROLL_MS).unref();
  }

  /** What each minute brings: use of the minutes that are over is rolled up, and dates that are due take their step. */
  sweep(): void {
    this.#usage.roll();
    const { executor, keystore, logger } = this.#parts;
    try {
      executor.takeDueSteps(keystore.planned());
    } catch {
      logger.error("dates.unrecorded");
    }
  }

  /** What is given out of a key's limit in this process and not used. */
  unspent(keyId: string): number {
    return this.#limits.unspent(keyId);
  }

  /** Rolls all use counted so far into the custody log. */
  flushUse(): void {
    this.#usage.flush();
  }

  /** Stops the minutes, ends what is under way and rolls up what is left. Caller must: do so while the keys that sign the log are still there. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#parts.executor.flush();
    this.#giveBack();
    this.flushUse();
  }

  /** A limit's unused rest goes back; where that cannot be written, it is lost, which is the safe side. */
  #giveBack(): void {
    try {
      this.#limits.close();
    } catch {
      this.#parts.logger.warn("limits.unreturned");
    }
  }
}

function attempt<T>(work: () => T, each: (result: T | null, refusal: unknown) => void): void {
  let result: T;
  try {
    result = work();
  } catch (refusal) {
    each(null, refusal);
    return;
  }
  each(result, null);
}
