import type { Keystore } from "../keystore/keystore.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import type { ClientRecord } from "../keystore/records.ts";
import type { NewKey } from "../lifecycle/create.ts";
import type { Executor } from "../lifecycle/executor.ts";
import type { Logger } from "../logger.ts";
import type { ClockGuard } from "../self-check/clock.ts";
import { Access } from "./access.ts";
import type { Caller } from "./caller.ts";
import { CoarseClock } from "./coarse-clock.ts";
import { createKey } from "./create-key.ts";
import { type DataKey, dataKey } from "./data-key.ts";
import { type Decrypted, decrypt, type Sealed } from "./decrypt.ts";
import { describeKey } from "./describe-key.ts";
import type { Door } from "./door.ts";
import { type Encrypted, encrypt, type Plain, sealerFor } from "./encrypt.ts";
import type { KeyMetadata } from "./key-metadata.ts";
import { type KeyPage, type KeyQuery, listKeys } from "./list-keys.ts";
import { random } from "./random.ts";
import { type Rate, RateLimit } from "./rate-limit.ts";
import { recordAttestation } from "./record-attestation.ts";
import { type ReencryptRequest, reencrypt } from "./reencrypt.ts";
import { type RenewedCertificate, renewCertificate } from "./renew-certificate.ts";
import { UsageRecord } from "./usage-record.ts";

/** What the one door opens onto: a founded, unsealed domain. */
export interface OperationsParts {
  readonly keystore: Keystore;
  readonly executor: Executor;
  readonly guard: ClockGuard;
  readonly index: LogIndex;
  readonly logger: Logger;
  readonly dataDirectory: string;
  /** Keys that one client may create: a burst, then so many a second. */
  readonly createRate?: Rate;
}

const CREATE_RATE = { perSecond: 20, burst: 200 } as const;
/** Attestations that one client may ask for. */
const ATTEST_RATE = { perSecond: 0.2, burst: 5 } as const;
const ROLL_MS = 60_000;

/**
 * The one door for use: every endpoint turns its requests into these calls, and nothing else uses a key.
 *
 * Each call checks the client's grants, the key's state and usage, performs the operation and counts it. All of them are
 * synchronous: nothing can change between the check and the use.
 *
 * Caller must: have proved who the client is ({@link identify}) at this very request.
 */
export class Operations {
  readonly #door: Door;
  readonly #usage: UsageRecord;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: OperationsParts) {
    const { keystore, executor, guard, createRate = CREATE_RATE } = parts;
    const clock = new CoarseClock(guard);
    this.#usage = new UsageRecord({ ...parts, clock });
    this.#door = {
      keystore,
      executor,
      access: new Access(keystore, clock),
      usage: this.#usage,
      writes: new RateLimit(createRate),
      attestations: new RateLimit(ATTEST_RATE),
    };
  }

  /** The client whose possession of a key TLS proved. @throws {@link OperationError} as `Access.identify` */
  identify(spki: string): ClientRecord {
    return this.#door.access.identify(spki);
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

  createKey(caller: Caller, item: NewKey): KeyMetadata {
    return createKey(this.#door, caller, item);
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

  /** Permits an attestation and puts it on record. Caller must: make it afterwards. */
  recordAttestation(caller: Caller): void {
    recordAttestation(this.#door, caller);
  }

  /** Roll-ups of use that the custody log has not taken yet. */
  get waitingUse(): number {
    return this.#usage.waiting;
  }

  /** Begins to roll use into the custody log each minute. */
  start(): void {
    this.#timer ??= setInterval(() => this.#usage.roll(), ROLL_MS).unref();
  }

  /** Rolls all use counted so far into the custody log. */
  flushUse(): void {
    this.#usage.flush();
  }

  /** Stops the minutes and rolls up what is left. Caller must: do so while the keys that sign the log are still there. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.flushUse();
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
