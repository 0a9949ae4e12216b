import type { KeyHandle } from "@holdfast/crypto";
import type { ObjectIssuer } from "../clients/object-issuer.ts";
import { StoreError } from "../keystore/errors.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { ClientRecord, KeyRecord } from "../keystore/records.ts";
import type { Executor } from "../lifecycle/executor.ts";
import type { Access } from "./access.ts";
import type { CoarseClock } from "./coarse-clock.ts";
import { OperationError } from "./errors.ts";
import { type ObjectView, objectView } from "./object-view.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { UsageLimits } from "./usage-limits.ts";
import type { UsageRecord } from "./usage-record.ts";

/** What every operation works with. */
export interface Door {
  readonly keystore: Keystore;
  readonly executor: Executor;
  readonly access: Access;
  readonly clock: CoarseClock;
  readonly usage: UsageRecord;
  readonly limits: UsageLimits;
  /** Certifies public keys; null where nothing is certified. */
  readonly issuer: ObjectIssuer | null;
  /** Bounds what makes objects. */
  readonly writes: RateLimit;
  /** Bounds what changes objects. */
  readonly changes: RateLimit;
  /** Bounds what lets material out. */
  readonly releases: RateLimit;
  /** Bounds attestations, which look at every key. */
  readonly attestations: RateLimit;
  /** Bounds clients that come by an enrolment secret. */
  readonly enrolments: RateLimit;
  /** Puts a refusal on record whose asker is nobody known. */
  readonly refused: (code: string, about?: Readonly<Record<string, string>>) => void;
}

const resumed = new WeakSet<KeyHandle>();

/**
 * The handle of a version whose use has been permitted.
 *
 * @throws {@link OperationError} `E_SEALED`, `E_STATE_MAC`, `E_STATE_ROLLBACK`, `E_NOT_FOUND`
 */
export function handleOf({ keystore, usage }: Door, key: KeyRecord, version: number): KeyHandle {
  try {
    const handle = keystore.handle(key.id, version);
    if (!resumed.has(handle)) {
      // Encryptions that are counted but not in the custody log yet: a handle dropped and made again does not forget them.
      if (version === key.current) handle.resumeInvocations(handle.invocations + usage.unrecorded(key.id));
      resumed.add(handle);
    }
    return handle;
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    const { code } = cause;
    if (code === "E_SEALED" || code === "E_STATE_MAC" || code === "E_STATE_ROLLBACK" || code === "E_NOT_FOUND")
      throw new OperationError(code, undefined, { keyId: key.id });
    throw cause;
  }
}

/** What a client learns about an object by its id. Caller must: have checked that the client sees it. */
export function viewOf({ keystore, clock, limits }: Door, client: ClientRecord, id: string): ObjectView {
  const key = keystore.findKey(id);
  if (key === null) throw new OperationError("E_NOT_FOUND");
  return objectView(key, client.id, clock.now(), limits.unspent(id));
}
