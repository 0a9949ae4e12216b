import type { KeyDates, KeyRecord, UsageLimits } from "../keystore/records.ts";
import { type Saying, sayingEffect } from "../lifecycle/change-attributes.ts";
import type { AttributeChange } from "./attribute-change.ts";
import type { Caller } from "./caller.ts";
import { changeObject } from "./client-change.ts";
import { type Door, viewOf } from "./door.ts";
import { OperationError } from "./errors.ts";
import {
  assertNamesFree,
  checkDates,
  checkLimits,
  checkNewNames,
  checkOrder,
  checkSayings,
} from "./object-settings.ts";
import { type ObjectView, objectView } from "./object-view.ts";

/**
 * Says something else about an object. Needs the grant `attributes`.
 *
 * @param decide - What shall be different, from the object as it is when the change is made; it may refuse by throwing.
 *   Which attributes exist and who may set them is the endpoint's to know.
 * @throws {@link OperationError} as `changeObject`, `E_INPUT`, `E_NAME_TAKEN`, `E_KEY_STATE` for a destroyed object, a date
 *   whose step has been taken, or a limit of which something is spent
 */
export async function changeAttributes(
  door: Door,
  caller: Caller,
  name: string,
  decide: (object: ObjectView) => AttributeChange,
): Promise<ObjectView> {
  const { access } = door;
  const found = access.find(caller.client, name);
  access.checkChange(caller.client, found, "attributes");
  const expected = newNames(found, decide(viewOf(door, caller.client, found.id)).names ?? found.names);
  return changeObject(door, caller, {
    name: found.id,
    grant: "attributes",
    kind: "key.attributes",
    touches: expected.map(({ value }) => `name:${value}`),
    effect(key, now, client) {
      if (key.state.startsWith("destroyed"))
        throw new OperationError("E_KEY_STATE", undefined, { keyId: key.id, state: key.state });
      const before = viewOf(door, client, key.id);
      const change = decide(before);
      checkSayings(change);
      checkNewNames(newNames(key, change.names ?? []).map(({ value }) => value));
      if (change.dates?.activation !== undefined) access.checkChange(client, key, "activate");
      if (change.dates?.deactivation !== undefined) access.checkChange(client, key, "revoke");
      const names = newNames(key, change.names ?? key.names);
      // A name that was not reserved for this change may be another's by the time it is written.
      if (names.some(({ value }) => !expected.some((each) => each.value === value)))
        throw new OperationError("E_NAME_TAKEN");
      assertNamesFree(door, client, { names }, [key.id]);
      const effect = sayingEffect(key, sayingOf(key, change));
      caller.judge?.(objectView(effect.after, client.id, now, door.limits.unspent(key.id)), before);
      return effect;
    },
  });
}

function sayingOf(key: KeyRecord, { names, links, attributes, dates, limits }: AttributeChange): Saying {
  return {
    ...(names === undefined ? {} : { names }),
    ...(links === undefined ? {} : { links }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(dates === undefined ? {} : { dates: datesOf(key, dates) }),
    ...(limits === undefined ? {} : { limits: limitsOf(key, limits) }),
  };
}

function newNames(key: KeyRecord, names: NonNullable<AttributeChange["names"]>): NonNullable<AttributeChange["names"]> {
  return names.filter(({ value }) => !key.names.some((each) => each.value === value));
}

/** Dates whose time has come have taken their step and stay. @see KMIP 2.1 section 4.1 (Activation Date) and others */
function datesOf(key: KeyRecord, change: NonNullable<AttributeChange["dates"]>): KeyDates {
  checkDates(change);
  const { state } = key;
  const begun = change.activation !== undefined && state !== "pre-active";
  const over =
    change.deactivation !== undefined && state !== "pre-active" && state !== "active" && state !== "suspended";
  if (begun || over) throw new OperationError("E_KEY_STATE", undefined, { keyId: key.id, state });
  const dates: Record<string, number | undefined> = { ...key.dates };
  for (const [name, date] of Object.entries(change)) {
    if (date === null) delete dates[name];
    else if (date !== undefined) dates[name] = date;
  }
  if (state === "pre-active") checkOrder(dates);
  return dates as unknown as KeyDates;
}

function limitsOf(
  { limits, id }: KeyRecord,
  change: NonNullable<AttributeChange["limits"]> | null,
): UsageLimits | null {
  if (limits !== null && limits.spent > 0) throw new OperationError("E_KEY_LIMIT", "A part is spent.", { keyId: id });
  if (change === null) return null;
  checkLimits(change);
  return { unit: change.unit, total: change.total, spent: 0 };
}
