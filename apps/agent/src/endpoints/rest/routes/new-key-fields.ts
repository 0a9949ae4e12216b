import { KEY_USAGES, type KeyUsage, OBJECT_TYPES, usualUsage } from "@holdfast/protocol";
import { DEFAULT_GROUP } from "../../../operations/access.ts";
import { customAttributes, lifeFacts } from "../../../operations/life-facts.ts";
import type { ObjectView } from "../../../operations/object-view.ts";
import { RestError } from "../errors.ts";
import {
  boolean,
  described,
  integer,
  list,
  object,
  optional,
  orNull,
  plainText,
  record,
  text,
  word,
  wordSet,
} from "../schema.ts";
import { alias, group, keyId, state, version } from "./fields.ts";

const DAY = 86_400;
const MAX_PERIOD_DAYS = 3650;
const seconds = integer(0, Number.MAX_SAFE_INTEGER);
/** To the end of the year 9999, as in a command. */
const time = integer(0, 253_402_300_799);
const days = text(/^P[1-9]\d{0,3}D$/, "days as P90D");
const period = text(/^P(?:[1-9]\d*D|T[1-9]\d*S)$/, "days as P90D, or seconds as PT3600S");
const kcv = orNull(text(/^[0-9A-F]{6}$/, "a key check value"));

const bound = { unit: word("byte", "object"), total: integer(1, Number.MAX_SAFE_INTEGER) };
const limit = object(bound);
const limitLeft = object({ ...bound, remaining: integer(0, Number.MAX_SAFE_INTEGER) });

/** What an answer tells of a key. */
export const metadata = {
  keyId,
  name: plainText(1, 128),
  group,
  aliases: list(alias, 0, 100),
  type: word(...OBJECT_TYPES),
  algorithm: described(plainText(1, 40), "Its type, for what has none."),
  usage: list(word(...KEY_USAGES), 0, KEY_USAGES.length),
  extractable: boolean,
  state,
  version,
  kcv,
  created: seconds,
  own: described(boolean, "Whether the asking client made it."),
  names: described(list(plainText(1, 1024), 0, 1000), "What clients call it by KMIP."),
  attributes: described(record(plainText(0, 65_536)), "Attributes of clients' own names, by KMIP."),
  cryptoperiod: described(orNull(period), "After which it is due to rotate."),
  originatorPeriod: described(orNull(period), "For how long each version protects."),
  recipientPeriod: described(orNull(period), "For how long each version opens, from the same beginning."),
  originatorEnd: described(orNull(seconds), "From then on its current version protects nothing."),
  recipientEnd: described(orNull(seconds), "From then on its current version opens nothing."),
  rotationDue: described(orNull(seconds), "When it is to be rotated."),
  activation: described(orNull(seconds), "When it becomes active by itself, or did."),
  protectStop: described(orNull(seconds), "From then on it protects nothing new."),
  deactivation: described(orNull(seconds), "When it is retired by itself."),
  limit: described(orNull(limitLeft), "How much it protects in all, and how much of that is left."),
  suspended: described(orNull(seconds), "Since when it does nothing, whatever its state."),
  locked: described(orNull(text(/^E_[A-Z_]+$/, "a code")), "Why it serves nothing, if its record did not verify."),
  versions: list(object({ version, state, created: seconds, kcv }), 1, 0xffffffff),
};

/** What a new key may be given besides its algorithm. */
export const settings = {
  name: described(plainText(1, 128), "Display only; not unique."),
  usage: optional(described(wordSet(...KEY_USAGES), "What keys of the algorithm are for without it.")),
  group: optional(described(group, "The group `default` without it.")),
  extractable: optional(described(boolean, "Needs the grant `get`.")),
  cryptoperiod: optional(described(days, "Days after which it is due to rotate; nothing stops.")),
  originatorPeriod: optional(described(days, "Days after which each version protects nothing more.")),
  recipientPeriod: optional(
    described(days, "Days after which each version opens nothing more: needs originatorPeriod, and is not shorter."),
  ),
  alias: optional(described(alias, "Needs the grant `alias`; unique in its group.")),
};

/** What is planned for a new key: times in Unix seconds, and how much it protects. */
export const plan = {
  activation: optional(described(time, "It does nothing before: to come; without it, it is active at once.")),
  protectStop: optional(described(time, "From then on it protects nothing new: to come, and after `activation`.")),
  deactivation: optional(described(time, "It is retired by itself then: to come, and last.")),
  limit: optional(described(limit, "How many times (`object`) or how many bytes it protects in all.")),
};

interface Plan {
  readonly activation?: number | undefined;
  readonly protectStop?: number | undefined;
  readonly deactivation?: number | undefined;
  readonly limit?: { readonly unit: "byte" | "object"; readonly total: number } | undefined;
}

/** The settings of a request. */
interface Given {
  readonly name: string;
  readonly algorithm: string;
  readonly usage?: readonly KeyUsage[] | undefined;
  readonly group?: string | undefined;
  readonly extractable?: boolean | undefined;
  readonly cryptoperiod?: string | undefined;
  readonly originatorPeriod?: string | undefined;
  readonly recipientPeriod?: string | undefined;
  readonly alias?: string | undefined;
}

/** A request's settings as the door takes them. @throws {@link RestError} `E_SCHEMA` for a period over ten years */
export function keyOf(body: Given) {
  const { name: label, algorithm, usage = usualUsage(algorithm), extractable = false, alias: named } = body;
  return {
    ...{ label, algorithm, usage, extractable, group: body.group ?? DEFAULT_GROUP },
    ...periodsOf(body),
    ...(named === undefined ? {} : { alias: named }),
  };
}

/** The plan of a request, as the door takes it. */
export function planOf({ activation, protectStop, deactivation, limit: most }: Plan) {
  return {
    ...(activation === undefined ? {} : { activation }),
    ...(protectStop === undefined ? {} : { protectStop }),
    ...(deactivation === undefined ? {} : { deactivation }),
    ...(most === undefined ? {} : { limit: most }),
  };
}

/** {@link keyOf} for an object of the door, active at once. */
export function objectOf(body: Given) {
  return { ...keyOf(body), dates: { activation: "now" } } as const;
}

/** An object that was just made, as answers tell of keys. */
export function newKeyOf(made: ObjectView): Record<string, unknown> {
  const { id, label, group: its, aliases, type, algorithm, usage, extractable, state: now, version: current } = made;
  const { kcv: check, dates, own, locked, names } = made;
  const { created } = dates;
  return {
    ...{ keyId: id, name: label, group: its, aliases, type, algorithm: algorithm ?? type, usage, extractable },
    ...{ state: now, version: current, kcv: check, created, own, locked },
    names: names.map(({ value }) => value),
    attributes: customAttributes(made),
    ...lifeFacts(made, created),
    versions: [{ version: current, state: now, created, kcv: check }],
  };
}

function periodsOf({ cryptoperiod, originatorPeriod, recipientPeriod }: Given) {
  const cryptoperiodSec = secondsOf(cryptoperiod, "cryptoperiod");
  const originatorSec = secondsOf(originatorPeriod, "originatorPeriod");
  const recipientSec = secondsOf(recipientPeriod, "recipientPeriod");
  return {
    ...(cryptoperiodSec === undefined ? {} : { cryptoperiodSec }),
    ...(originatorSec === undefined ? {} : { originatorSec }),
    ...(recipientSec === undefined ? {} : { recipientSec }),
  };
}

function secondsOf(given: string | undefined, path: string): number | undefined {
  if (given === undefined) return undefined;
  const count = Number(given.slice(1, -1));
  if (count <= MAX_PERIOD_DAYS) return count * DAY;
  throw new RestError("E_SCHEMA", `${path} is longer than P${MAX_PERIOD_DAYS}D.`, { path });
}
