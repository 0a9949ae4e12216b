import type { KeyUsage } from "@holdfast/protocol";
import type { Caller } from "./caller.ts";
import { type Door, viewOf } from "./door.ts";
import { OperationError } from "./errors.ts";
import type { ObjectView } from "./object-view.ts";

/** What a client means to do with an object outside. */
export interface IntendedUse {
  readonly usage?: readonly KeyUsage[] | undefined;
  /** In the unit of the object's limit. */
  readonly amount?: number | undefined;
}

/** Whether the object permits it, and if not, what does not. */
export interface CheckedUse {
  readonly object: ObjectView;
  readonly refused: readonly ("state" | "usage" | "limits")[];
}

/**
 * Tells whether an object permits a use. Nothing is given out by it. Needs the grant `locate`.
 *
 * @throws {@link OperationError} `E_NOT_FOUND`, `E_GRANT`
 * @see KMIP 2.1 section 6.1.10 (Check)
 */
export function checkObject(door: Door, { client }: Caller, name: string, intended: IntendedUse): CheckedUse {
  const key = door.access.find(client, name);
  door.access.check(client, key, "locate");
  const object = viewOf(door, client, key.id);
  const refused: CheckedUse["refused"][number][] = [];
  if (object.state !== "active" || object.archived || object.locked !== null) refused.push("state");
  if (intended.usage?.some((each) => !object.usage.includes(each))) refused.push("usage");
  if ((intended.amount ?? 0) > door.limits.remaining(key)) refused.push("limits");
  return { object, refused };
}

/**
 * Gives a client a part of an object's limit for a use outside; it is taken off durably before this returns. Needs the
 * grant `get` on an active object with a limit.
 *
 * @throws {@link OperationError} `E_NOT_FOUND`, `E_GRANT`, `E_KEY_STATE`, `E_KEY_LIMIT`, `E_INPUT`, `E_RATE`; {@link StoreError}
 *   `E_STORE`
 * @see KMIP 2.1 section 6.1.23 (Get Usage Allocation)
 */
export function allocateUse(door: Door, { client }: Caller, name: string, amount: number): ObjectView {
  if (!Number.isSafeInteger(amount) || amount < 1)
    throw new OperationError("E_INPUT", "An amount is an integer from 1.");
  const key = door.access.find(client, name);
  door.access.check(client, key, "get");
  if (key.state !== "active") throw new OperationError("E_KEY_STATE", undefined, { keyId: key.id, state: key.state });
  if (key.limits === null) throw new OperationError("E_INPUT", "The object has no limit.", { keyId: key.id });
  door.changes.take(client.id);
  door.limits.allocate(key, amount);
  return viewOf(door, client, key.id);
}

/** How long a client may rely on what it knows of an object, in seconds. */
const LEASE_SECONDS = 3600;

/** A time for which a client may keep what it knows of an object. Advisory: nothing ends with it. */
export interface Lease {
  readonly seconds: number;
  readonly object: ObjectView;
}

/**
 * Gives a client a lease. Needs the grant `get` or `locate`.
 *
 * @throws {@link OperationError} `E_NOT_FOUND`, `E_GRANT`
 * @see KMIP 2.1 section 6.1.32 (Obtain Lease)
 */
export function leaseObject(door: Door, { client }: Caller, name: string): Lease {
  const key = door.access.find(client, name);
  if (!door.access.permits(client, key, "get")) door.access.check(client, key, "locate");
  return { seconds: LEASE_SECONDS, object: viewOf(door, client, key.id) };
}
