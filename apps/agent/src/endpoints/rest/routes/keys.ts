import { isKeyPairAlgorithm, KEY_ALGORITHMS } from "@holdfast/protocol";
import { type Route, route } from "../route.ts";
import { described, digits, list, object, optional, orNull, plainText, word } from "../schema.ts";
import { groupQuery, keyId, state } from "./fields.ts";
import { keyOf, metadata as metadataFields, newKeyOf, plan, planOf, settings } from "./new-key-fields.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

const metadata = object(metadataFields);

/** Makes a key within the client's grant; of an asymmetric algorithm a private and a public key. */
export const createKeyRoute: Route = route({
  method: "POST",
  path: "/v1/keys",
  id: "createKey",
  summary: "Make a key or a key pair within the client's grant",
  status: 201,
  body: object({ ...settings, ...plan, algorithm: word(...KEY_ALGORITHMS) }),
  answer: object({ ...metadataFields, publicKey: optional(described(keyId, "Of a private key: its public key.")) }),
  async run({ domain, caller, body }) {
    const item = { ...keyOf(body), ...planOf(body) };
    const { operations } = domain;
    if (!isKeyPairAlgorithm(item.algorithm)) return created(await operations.createHeldKey(caller, item));
    const pair = await operations.createKeyPair(caller, item);
    return created({ ...newKeyOf(pair.privateKey), publicKey: pair.publicKey.id });
  },
});

function created(made: { readonly [name: string]: unknown } | { readonly keyId: string }) {
  return {
    status: 201,
    body: JSON.stringify(made),
    headers: ["Location", `/v1/keys/${(made as { keyId: string }).keyId}`],
  };
}

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
