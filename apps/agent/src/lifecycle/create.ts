import { PERFORMED_USAGES, usagesOf } from "@holdfast/crypto";
import { deriveKeyId, isKeyPairAlgorithm, type KeyUsage, usageOfPart } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { KeyOwner } from "../keystore/records.ts";
import type { ActInput } from "./act.ts";
import { assertKeyName } from "./assert-name.ts";
import type { KeyEffect } from "./effect.ts";
import { isOver } from "./is-over.ts";
import { type NewRecord, newRecordEffect } from "./new-record.ts";

/** What a new key shall be: an item of key.create, or a client's simple request. */
export interface NewKey {
  readonly label: string;
  readonly algorithm: string;
  readonly usage: readonly KeyUsage[];
  readonly group: string;
  readonly extractable: boolean;
  readonly cryptoperiodSec?: number;
  readonly originatorSec?: number;
  readonly recipientSec?: number;
  /** Becomes active by itself at this time; without it at once. */
  readonly activation?: number;
  readonly protectStop?: number;
  readonly deactivation?: number;
  readonly limit?: { readonly unit: "byte" | "object"; readonly total: number };
  readonly alias?: string;
  readonly store?: "hsm";
}

/**
 * key.create: makes all the keys of the command, or none. Their ids follow from the command's hash, so that no id can
 * be minted twice. An item of an asymmetric algorithm makes two: the private key, which has the alias, and the public key
 * after it.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for an id or alias that exists; `E_ARGS` for periods that contradict each other, for
 *   an end or a beginning that is over, and for a name that nobody could see, or that poses as an alias or id
 */
export function createKeys(input: ActInput): KeyEffect[] {
  const items = (input.command.args as { items: readonly NewKey[] }).items;
  const aliases = new Set<string>();
  const effects: KeyEffect[] = [];
  for (const item of items) {
    assertKeyName(item.label);
    assertReminds(item);
    assertToCome(item, input.now);
    assertBegins(item, input);
    if (item.alias !== undefined) takeAlias(item.alias, item.group, { aliases, input });
    effects.push(...effectsOf(item, effects.length, input));
  }
  return effects;
}

/** What reminds comes before what ends by itself; commands that were applied before this was asked stay what they are. */
function assertReminds({ cryptoperiodSec, originatorSec }: NewKey): void {
  if (cryptoperiodSec !== undefined && originatorSec !== undefined && cryptoperiodSec > originatorSec)
    throw new AdmissionError(
      "E_ARGS",
      "The cryptoperiod is longer than the originator-usage period: it would remind after the end.",
    );
}

/** A beginning was to come when it was asked for; one that was over by the time of the last approval is at once. */
function assertBegins({ activation }: NewKey, { command, now }: ActInput): void {
  if (activation === undefined || !isOver(activation, command.issued ?? now)) return;
  throw new AdmissionError(
    "E_ARGS",
    "The key would become active at a time that is over, so at once.",
    {},
    "Leave the date out, and it is active at once; or give one to come.",
  );
}

/** What a key stops at is still to come. */
function assertToCome({ protectStop, deactivation }: NewKey, now: number): void {
  if ((protectStop ?? now + 1) <= now || (deactivation ?? now + 1) <= now)
    throw new AdmissionError("E_ARGS", "The key would stop at a time that is over.");
}

function effectsOf(item: NewKey, place: number, input: ActInput): KeyEffect[] {
  const { now, makeKey, makePair, keystore } = input;
  const { algorithm, usage, extractable, store } = item;
  if (store === "hsm" && keystore.tokens?.available !== true)
    throw new AdmissionError("E_PRESTATE", "This key server has no token to keep the key in.");
  const id = freshId(place, input);
  assertPerforms(algorithm, usage);
  if (!isKeyPairAlgorithm(algorithm)) {
    const record = recordOf({ ...item, id, owner: DOMAIN });
    return [newRecordEffect(record, makeKey(id, 1, { algorithm, usage, extractable, store, bits: null }), now)];
  }
  const publicId = freshId(place + 1, input);
  const { alias: _, store: __, ...unnamed } = item;
  const privateKey: NewRecord = {
    ...recordOf({ ...item, id, owner: DOMAIN }),
    ...{ type: "private-key", usage: usageOfPart(usage, "private-key"), extractable },
    links: [{ kind: "public-key", id: publicId }],
  };
  const publicKey: NewRecord = {
    ...recordOf({ ...unnamed, id: publicId, owner: DOMAIN }),
    ...{ type: "public-key", usage: usageOfPart(usage, "public-key"), extractable: true },
    links: [{ kind: "private-key", id }],
  };
  const made = makePair(algorithm, { privateKey, publicKey });
  return [newRecordEffect(privateKey, made.privateKey, now), newRecordEffect(publicKey, made.publicKey, now)];
}

const DOMAIN: KeyOwner = { kind: "domain" };

/** A key of the simple form: active at once. */
export function recordOf(item: NewKey & { readonly id: string; readonly owner: KeyOwner }): NewRecord {
  const { id, owner, label, group, algorithm, usage, extractable, store, alias } = item;
  const { cryptoperiodSec, originatorSec, recipientSec, activation = "now", protectStop, deactivation, limit } = item;
  const dates = {
    ...(cryptoperiodSec === undefined ? {} : { cryptoperiodSec }),
    ...(originatorSec === undefined ? {} : { originatorSec }),
    ...(recipientSec === undefined ? {} : { recipientSec }),
    ...(protectStop === undefined ? {} : { protectStop }),
    ...(deactivation === undefined ? {} : { deactivation }),
  };
  return {
    ...{ id, owner, label, group, algorithm, usage, extractable, store, alias },
    ...{ type: "symmetric-key", bits: null, origin: "made", activation },
    dates,
    limits: limit ?? null,
  };
}

/**
 * Of the uses that are performed, keys of the algorithm have to be able to; others only say what a key is meant for.
 *
 * @throws {@link AdmissionError} `E_ARGS` for a use that keys of the algorithm do not have
 */
function assertPerforms(algorithm: string, usage: readonly KeyUsage[]): void {
  const types = isKeyPairAlgorithm(algorithm) ? (["private-key", "public-key"] as const) : (["symmetric-key"] as const);
  const performed = types.flatMap((type) => usagesOf(algorithm, type));
  const wrong = usage.find((each) => PERFORMED_USAGES.includes(each) && !performed.includes(each));
  if (wrong !== undefined) throw new AdmissionError("E_ARGS", `Keys of ${algorithm} do not ${wrong}.`);
}

function freshId(place: number, { hash, keystore }: ActInput): string {
  const id = deriveKeyId(hash, place);
  if (keystore.findKey(id)) throw new AdmissionError("E_PRESTATE", "The key exists already.", { id });
  return id;
}

function takeAlias(
  alias: string,
  group: string,
  { aliases, input }: { readonly aliases: Set<string>; readonly input: ActInput },
): void {
  const taken = input.keystore.findKeyByAlias(alias, group) !== null || aliases.has(`${group}\n${alias}`);
  if (taken) throw new AdmissionError("E_PRESTATE", "The alias belongs to another key of the group.");
  aliases.add(`${group}\n${alias}`);
}
