import {
  followOneAnother,
  isContradictoryUsage,
  isName,
  KEY_USAGES,
  type ObjectType,
  posesAsKey,
} from "@holdfast/protocol";
import type { AttributeBag, ClientRecord, ObjectLink, ObjectName } from "../keystore/records.ts";
import type { NewKey } from "../lifecycle/create.ts";
import { isOver } from "../lifecycle/is-over.ts";
import type { NewRecord } from "../lifecycle/new-record.ts";
import { DEFAULT_GROUP } from "./access.ts";
import type { Door } from "./door.ts";
import { OperationError } from "./errors.ts";
import type { ObjectSettings, PlannedDates } from "./new-object.ts";

const MAX_LABEL = 128;
const MAX_NAME = 1024;
const MAX_LIST = 100;
/** Largest attribute bag, characters of JSON: it is in memory for every object. */
const MAX_BAG = 65_536;
const MAX_BITS = 0xffff_ffff;
const LATEST = 253_402_300_799;
const GROUP = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const ALIAS = /^alias\/[A-Za-z0-9/_-]{1,200}$/;

/** What the objects of one request have in common with a record: all but identity and material. */
export type Settled = Omit<NewRecord, "id" | "owner" | "origin" | "algorithm" | "bits">;

const PUBLIC: ReadonlySet<ObjectType> = new Set(["public-key", "certificate"]);

/** Whether objects of a type hold no secret: they may always leave, and their leaving is no release. */
export function isPublicType(type: ObjectType): boolean {
  return PUBLIC.has(type);
}

/**
 * Brings what a client asks for into the form of a record.
 *
 * @param kept - What the object that this one replaces was called: such names are not new.
 * @throws {@link OperationError} `E_INPUT` for a value that no record has
 */
export function settleObject(type: ObjectType, settings: ObjectSettings, kept: readonly string[] = []): Settled {
  const { usage, group = DEFAULT_GROUP, names = [], links = [], attributes = {}, limits, alias, dates = {} } = settings;
  checkUsage(usage);
  if (!GROUP.test(group)) throw input("group", "is no name of a group");
  if (alias !== undefined && !ALIAS.test(alias)) throw input("alias", "is no alias");
  checkSayings({ names, links, attributes });
  checkNewNames([...names.map(({ value }) => value), ...(settings.label === undefined ? [] : [settings.label])], kept);
  checkDates(dates);
  if (limits !== undefined) checkLimits(limits);
  const { activation, ...planned } = dates;
  const periods = periodsOf(settings);
  return {
    ...{ type, usage, group, names, links, attributes, alias, activation },
    label: labelOf(type, settings),
    extractable: isPublicType(type) || (settings.extractable ?? false),
    sensitive: settings.sensitive ?? false,
    dates: { ...planned, ...periods },
    limits: limits ?? null,
  };
}

/**
 * Lets a client make an object in its group: by the grant of that operation, `alias` for an alias, and `get` for one whose
 * material may leave. Public keys hold no secret.
 *
 * @throws {@link OperationError} `E_GRANT`
 */
export function checkMaking(
  { access }: Door,
  client: ClientRecord,
  { group, alias, extractable, type }: Settled,
  operation: "create" | "import",
): void {
  access.checkGroup(client, group, operation);
  if (alias !== undefined) access.checkGroup(client, group, "alias");
  if (extractable && !isPublicType(type)) access.checkGroup(client, group, "get");
}

/**
 * Names are unique among the objects that the client sees, aliases in their group; what another client calls its own is
 * not told.
 *
 * @param except - Objects whose names do not count: those that give them up.
 * @throws {@link OperationError} `E_NAME_TAKEN`
 */
export function assertNamesFree(
  { keystore, access }: Door,
  client: ClientRecord,
  { names = [], alias, group = DEFAULT_GROUP }: Partial<Pick<Settled, "names" | "alias" | "group">>,
  except: readonly string[] = [],
): void {
  for (const { value } of names) {
    for (const key of keystore.findKeysByName(value)) {
      const counts = !except.includes(key.id) && !key.state.startsWith("destroyed") && access.sees(client, key);
      if (counts) throw new OperationError("E_NAME_TAKEN");
    }
  }
  if (alias !== undefined && keystore.findKeyByAlias(alias, group) !== null) throw new OperationError("E_NAME_TAKEN");
}

/** What must stay as it is while names are decided. */
export function namesTouched({ names = [], alias, group }: Partial<Pick<Settled, "names" | "alias" | "group">>) {
  const touched = names.map(({ value }) => `name:${value}`);
  return alias === undefined ? touched : [...touched, `alias:${group}/${alias}`];
}

/** @throws {@link OperationError} `E_INPUT` */
export function checkSayings(saying: {
  readonly names?: readonly ObjectName[] | undefined;
  readonly links?: readonly ObjectLink[] | undefined;
  readonly attributes?: AttributeBag | undefined;
}): void {
  const { names = [], links = [], attributes = {} } = saying;
  if (names.length > MAX_LIST || links.length > MAX_LIST) throw input("names and links", "are too many");
  const values = names.map(({ value }) => value);
  if (values.some((value) => value.length < 1 || value.length > MAX_NAME)) throw input("a name", "has the wrong size");
  if (new Set(values).size !== values.length) throw input("a name", "is given twice");
  if (JSON.stringify({ attributes, links }).length > MAX_BAG) throw input("attributes", "are too large");
}

/** @throws {@link OperationError} `E_INPUT` */
export function checkDates(dates: PlannedDates | { readonly [name: string]: number | null | undefined }): void {
  for (const [name, date] of Object.entries(dates)) {
    if (date === null || date === undefined || date === "now") continue;
    if (!Number.isSafeInteger(date) || date < 0 || date > LATEST) throw input(name, "is no time in Unix seconds");
  }
}

/** A key does not end before it begins. @throws {@link OperationError} `E_INPUT` @see KMIP 2.1 section 4.20 (Deactivation Date) */
export function checkOrder({ activation, deactivation }: Pick<PlannedDates, "activation" | "deactivation">): void {
  if (typeof activation === "number" && deactivation !== undefined && deactivation < activation)
    throw input("The deactivation date", "comes before the activation date: the key would end before it begins");
}

/** What reminds comes before what ends by itself. @throws {@link OperationError} `E_INPUT` */
export function checkReminder({ cryptoperiodSec, originatorSec }: Periods): void {
  if (cryptoperiodSec !== undefined && originatorSec !== undefined && cryptoperiodSec > originatorSec)
    throw input("The cryptoperiod", "is longer than the originator-usage period: it would remind after the end");
}

/** As of `key.create`: times follow one another, and what begins or ends is to come. @throws {@link OperationError} `E_INPUT` */
export function checkPlanned({ activation, protectStop, deactivation }: Pick<NewKey, Planned>, now: number): void {
  if (!followOneAnother(activation, protectStop, deactivation))
    throw new OperationError("E_INPUT", "A key becomes active before it stops protecting, and is retired last.");
  if ((protectStop ?? now + 1) <= now || (deactivation ?? now + 1) <= now)
    throw new OperationError("E_INPUT", "The key would stop at a time that is over.");
  if (activation !== undefined && isOver(activation, now))
    throw new OperationError("E_INPUT", "It would be active at once: leave activation out, or give a time to come.");
}

type Planned = "activation" | "protectStop" | "deactivation";

/** Dates and periods of a new object that do not contradict each other. @throws {@link OperationError} `E_INPUT` */
export function checkLife({ dates = {}, ...periods }: ObjectSettings): void {
  checkOrder(dates);
  checkReminder(periods);
}

type Periods = Pick<ObjectSettings, "cryptoperiodSec" | "originatorSec" | "recipientSec">;

/** The periods of a record or a request, those that are there. @throws {@link OperationError} `E_INPUT` */
export function periodsOf({ cryptoperiodSec, originatorSec, recipientSec }: Periods): Periods {
  if (recipientSec !== undefined && (originatorSec === undefined || recipientSec < originatorSec))
    throw input("A recipient-usage period", "needs an originator-usage period, and is not shorter than it");
  return {
    ...(cryptoperiodSec === undefined ? {} : { cryptoperiodSec }),
    ...(originatorSec === undefined ? {} : { originatorSec }),
    ...(recipientSec === undefined ? {} : { recipientSec }),
  };
}

/** Bits of a key, where they are said. @throws {@link OperationError} `E_INPUT` */
export function checkBits(bits: number | null | undefined): void {
  if (bits === null || bits === undefined) return;
  if (!Number.isSafeInteger(bits) || bits < 1 || bits > MAX_BITS) throw input("bits", "are a number from 1");
}

/** @throws {@link OperationError} `E_INPUT` */
export function checkLimits({ unit, total }: { readonly unit: string; readonly total: number }): void {
  const good = (unit === "byte" || unit === "object") && Number.isSafeInteger(total) && total >= 1;
  if (!good) throw input("limits", "are a unit and a total from 1");
}

function checkUsage(usage: ObjectSettings["usage"]): void {
  const known = usage.every((each) => KEY_USAGES.includes(each)) && new Set(usage).size === usage.length;
  if (!known) throw input("usage", "is not a set of known uses");
  if (isContradictoryUsage(usage)) throw new OperationError("E_INPUT", "A key that wraps keys does not decrypt data.");
}

/** @throws {@link OperationError} `E_INPUT` for a name that would be taken for a key's alias or id */
export function checkNewNames(names: readonly string[], kept: readonly string[] = []): void {
  if (names.some((name) => posesAsKey(name) && !kept.includes(name)))
    throw input("A name", "does not begin with alias/ and is no key's id: give another name, and an alias as an alias");
}

/** @throws {@link OperationError} `E_INPUT` */
export function checkLabel(label: string): void {
  if (label.length > MAX_LABEL || !isName(label)) throw input("label", "is no plain text without spaces at its ends");
}

function labelOf(type: ObjectType, { label, names }: ObjectSettings): string {
  if (label !== undefined) {
    checkLabel(label);
    return label;
  }
  const name = names?.[0]?.value.normalize("NFC").slice(0, MAX_LABEL).trim() ?? "";
  return isName(name) && !posesAsKey(name) ? name : type;
}

function input(what: string, problem: string): OperationError {
  return new OperationError("E_INPUT", `${what} ${problem}.`);
}
