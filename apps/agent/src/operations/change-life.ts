import type { AttributeBag } from "../keystore/records.ts";
import { sayingEffect } from "../lifecycle/change-attributes.ts";
import type { KeyEffect } from "../lifecycle/effect.ts";
import type { Caller } from "./caller.ts";
import { changeObject, stepEffect } from "./client-change.ts";
import type { Door } from "./door.ts";
import { OperationError } from "./errors.ts";
import { checkDates } from "./object-settings.ts";
import type { ObjectView } from "./object-view.ts";

/** Why and since when an object is no longer trusted. */
export interface Revocation {
  /** `compromise` when its material is known or feared to be in wrong hands; otherwise it is retired. */
  readonly to: "deactivated" | "compromised";
  /** When it is thought to have been exposed, Unix seconds. */
  readonly occurred?: number | undefined;
  /** Attributes that record the reason in the endpoint's own terms. */
  readonly attributes?: AttributeBag | undefined;
}

/** Begins an object's use. Needs the grant `activate`. */
export function activateObject(door: Door, caller: Caller, name: string): Promise<ObjectView> {
  return changeObject(door, caller, {
    name,
    grant: "activate",
    kind: "key.activate",
    effect: (key, now) => stepEffect(key, "key.activate", now),
  });
}

/** Ends an object's use for protecting data. Needs the grant `revoke`; passes a lock of the domain. */
export function revokeObject(door: Door, caller: Caller, name: string, revocation: Revocation): Promise<ObjectView> {
  const { to, occurred, attributes } = revocation;
  const kind = to === "compromised" ? "key.compromise" : "key.deactivate";
  return changeObject(door, caller, {
    name,
    grant: "revoke",
    kind,
    effect(key, now) {
      checkDates({ "the time of a compromise": occurred });
      const effect = stepEffect(key, kind, now);
      const since = to === "compromised" && occurred !== undefined ? { compromiseOccurred: occurred } : {};
      const after = { ...effect.after, dates: { ...effect.after.dates, ...since } };
      return withAttributes({ ...effect, after }, attributes);
    },
  });
}

/** Destroys an object's material for good. Needs the grant `destroy`; an active object is revoked first. */
export function destroyObject(door: Door, caller: Caller, name: string): Promise<ObjectView> {
  return changeObject(door, caller, {
    name,
    grant: "destroy",
    kind: "key.destroy",
    effect(key, now) {
      // Destroying twice would say of a tombstone what it says already.
      if (key.state.startsWith("destroyed"))
        throw new OperationError("E_KEY_STATE", undefined, { keyId: key.id, state: key.state });
      return stepEffect(key, "key.destroy", now);
    },
  });
}

/** Sets an object's material aside: nothing is done with it until it is recovered. Needs the grant `attributes`. */
export function archiveObject(door: Door, caller: Caller, name: string): Promise<ObjectView> {
  return changeObject(door, caller, {
    name,
    grant: "attributes",
    kind: "key.attributes",
    effect(key, now) {
      assertKept(key.state, key.id);
      if (key.dates.archived !== undefined) return null;
      return sayingEffect(key, { dates: { ...key.dates, archived: now } });
    },
  });
}

/** Takes archived material up again. Needs the grant `attributes`. */
export function recoverObject(door: Door, caller: Caller, name: string): Promise<ObjectView> {
  return changeObject(door, caller, {
    name,
    grant: "attributes",
    kind: "key.attributes",
    effect(key) {
      assertKept(key.state, key.id);
      const { archived, ...dates } = key.dates;
      return archived === undefined ? null : sayingEffect(key, { dates });
    },
  });
}

function assertKept(state: string, keyId: string): void {
  if (state.startsWith("destroyed")) throw new OperationError("E_KEY_STATE", undefined, { keyId, state });
}

function withAttributes(effect: KeyEffect, attributes: Revocation["attributes"]): KeyEffect {
  if (attributes === undefined) return effect;
  const said = sayingEffect(effect.after, { attributes: { ...effect.after.attributes, ...attributes } });
  return { ...effect, after: said.after, ...(said.data === undefined ? {} : { data: said.data }) };
}
