import { KEY_ALGORITHMS, KEY_USAGES, OBJECT_TYPES } from "@holdfast/protocol";
import { DEFAULT_GROUP } from "../../../operations/access.ts";
import { RestError } from "../errors.ts";
import { type Route, route } from "../route.ts";
import {
  boolean,
  described,
  digits,
  integer,
  list,
  object,
  optional,
  orNull,
  plainText,
  text,
  word,
  wordSet,
} from "../schema.ts";
import { alias, group, groupQuery, keyId, state, version } from "./fields.ts";

const DAY = 86_400;
const MAX_PERIOD_DAYS = 3650;
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

const seconds = integer(0, Number.MAX_SAFE_INTEGER);
const kcv = orNull(text(/^[0-9A-F]{6}$/, "a key check value"));
const metadata = object({
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
  locked: described(orNull(text(/^E_[A-Z_]+$/, "a code")), "Why it serves nothing, if its record did not verify."),
  versions: list(object({ version, state, created: seconds, kcv }), 1, 0xffffffff),
});

/** Makes a key within the client's grant. */
export const createKeyRoute: Route = route({
  method: "POST",
  path: "/v1/keys",
  id: "createKey",
  summary: "Make a key within the client's grant",
  status: 201,
  body: object({
    name: described(plainText(1, 128), "Display only; not unique."),
    algorithm: word(...KEY_ALGORITHMS),
    usage: optional(described(wordSet(...KEY_USAGES), "Encrypt and decrypt without it.")),
    group: optional(described(group, "The group `default` without it.")),
    extractable: optional(described(boolean, "Needs the grant `get`.")),
    cryptoperiod: optional(
      described(text(/^P[1-9]\d{0,3}D$/, "days as P90D"), "Days after which it is due to rotate."),
    ),
    alias: optional(described(alias, "Needs the grant `alias`; unique in its group.")),
  }),
  answer: metadata,
  run({ domain, caller, body }) {
    const { name, algorithm, usage = ["encrypt", "decrypt"], extractable = false } = body;
    const made = domain.operations.createKey(caller, {
      label: name,
      algorithm,
      usage,
      extractable,
      group: body.group ?? DEFAULT_GROUP,
      ...(body.cryptoperiod === undefined ? {} : { cryptoperiodSec: secondsOf(body.cryptoperiod) }),
      ...(body.alias === undefined ? {} : { alias: body.alias }),
    });
    return { status: 201, body: JSON.stringify(made), headers: ["Location", `/v1/keys/${made.keyId}`] };
  },
});

/** Lists the keys that the client may locate. */
export const listKeysRoute: Route = route({
  method: "GET",
  path: "/v1/keys",
  id: "listKeys",
  summary: "List the keys that the client may locate",
  query: object({
    state: optional(described(state, "All that are not destroyed without it.")),
    label: optional(described(plainText(1, 128), "Exactly this name.")),
    cursor: optional(described(keyId, "From the answer before.")),
    limit: optional(described(digits(1, MAX_LIMIT), `${DEFAULT_LIMIT} without it.`)),
  }),
  answer: object({ keys: list(metadata, 0, MAX_LIMIT), cursor: orNull(keyId) }),
  run: ({ domain, caller, query }) => ({
    body: JSON.stringify(domain.operations.listKeys(caller, { ...query, limit: query.limit ?? DEFAULT_LIMIT })),
  }),
});

/** Metadata and versions of one key. */
export const describeKeyRoute: Route = route({
  method: "GET",
  path: "/v1/keys/{key}",
  id: "describeKey",
  summary: "Metadata and versions of a key",
  query: groupQuery,
  answer: metadata,
  run: ({ domain, caller, key, query }) => ({
    body: JSON.stringify(domain.operations.describeKey(caller, key, query.group)),
  }),
});

function secondsOf(period: string): number {
  const days = Number(period.slice(1, -1));
  if (days > MAX_PERIOD_DAYS)
    throw new RestError("E_SCHEMA", `cryptoperiod is longer than P${MAX_PERIOD_DAYS}D.`, { path: "cryptoperiod" });
  return days * DAY;
}
