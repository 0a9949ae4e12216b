import { type GrantOperation, isTightening, nextState } from "@holdfast/protocol";
import type { ClientRecord, KeyRecord } from "../keystore/records.ts";
import type { ChangeWrite } from "../lifecycle/change.ts";
import type { KeyEffect } from "../lifecycle/effect.ts";
import { stepKey } from "../lifecycle/step-key.ts";
import type { Reason } from "../lifecycle/unit-of-work.ts";
import type { Caller } from "./caller.ts";
import { type Door, viewOf } from "./door.ts";
import { OperationError } from "./errors.ts";
import type { ObjectView } from "./object-view.ts";

/** Steps of an object's life that a client may take itself. */
export type ClientStep = "key.activate" | "key.deactivate" | "key.compromise" | "key.destroy";

/** The reason of everything that a client does within its grants. */
export function requested(client: ClientRecord, kind: string): Reason {
  return { kind, actor: { kind: "client", id: client.id }, cause: { kind: "request" } };
}

/** A change of one object by a client. */
export interface ObjectChange {
  readonly name: string;
  readonly group?: string | undefined;
  readonly grant: GrantOperation;
  /** What it is called in the log. */
  readonly kind: string;
  /** Names besides the object's id that have to stay as they are while the change is decided. */
  readonly touches?: readonly string[];
  /** The effect, on the object as it is at that moment; null where nothing is to be written. */
  readonly effect: (key: KeyRecord, now: number, client: ClientRecord) => KeyEffect | null;
}

/**
 * Changes one object for a client: every check is made at once, so that a refusal is immediate, and again in the
 * transaction, so that nothing that happened in between is missed.
 *
 * @throws {@link OperationError} `E_NOT_FOUND`, `E_GRANT`, `E_RATE`, `E_KEY_STATE`, and those of `Access.identify`;
 *   {@link AdmissionError} `E_LOCKED`, `E_RECOVERING`; {@link StoreError} `E_STORE`
 */
export async function changeObject(door: Door, caller: Caller, change: ObjectChange): Promise<ObjectView> {
  const { access, executor, changes } = door;
  const { id } = access.find(caller.client, change.name, change.group);
  const permitted = () => {
    const client = access.present(caller.client);
    const key = access.findById(client, id);
    access.checkChange(client, key, change.grant);
    executor.assertChanging(isTighteningKind(change.kind));
    const waits = key.scheduled !== null && !isTighteningKind(change.kind);
    if (waits) throw new OperationError("E_KEY_STATE", "The object waits for a scheduled command.", { keyId: id });
    return { client, key };
  };
  permitted();
  changes.take(caller.client.id);
  return executor.submit({
    touches: [id, ...(change.touches ?? [])],
    prepare() {
      const { client, key } = permitted();
      const effect = change.effect(key, door.clock.now(), client);
      const writes: ChangeWrite[] = effect === null ? [] : [{ effect, reason: requested(client, change.kind) }];
      return { writes, result: () => viewOf(door, client, id) };
    },
  });
}

/** The effect of a step of life. @throws {@link OperationError} `E_KEY_STATE` where the table has no such step */
export function stepEffect(key: KeyRecord, step: ClientStep, now: number): KeyEffect {
  if (nextState(key.state, step) === null)
    throw new OperationError("E_KEY_STATE", undefined, { keyId: key.id, state: key.state });
  return stepKey(key, step, now);
}

function isTighteningKind(kind: string): boolean {
  return kind !== "key.attributes" && isTightening(kind as ClientStep);
}
