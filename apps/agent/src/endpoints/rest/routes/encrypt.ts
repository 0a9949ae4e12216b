import type { Encrypted } from "../../../operations/encrypt.ts";
import { decodeBase64 } from "../base64.ts";
import { problemOf } from "../problem.ts";
import { type Route, route } from "../route.ts";
import { either, list, object, optional } from "../schema.ts";
import { aad, ciphertext, groupQuery, keyId, MAX_ITEMS, plaintext, version } from "./fields.ts";
import { problem } from "./problem-schema.ts";

const item = object({ plaintext, aad: optional(aad) });
const one = object({ keyId, version, ciphertext });
const results = list(either("error", object({ error: problem }), one), 1, MAX_ITEMS);

/** Encrypts one, or many in one request, under the current version of a key. */
export const encryptRoute: Route = route({
  method: "POST",
  path: "/v1/keys/{key}/encrypt",
  id: "encrypt",
  summary: "Encrypt one, or up to 1,000 in one request",
  query: groupQuery,
  body: either("items", object({ items: list(item, 1, MAX_ITEMS) }), item),
  answer: either("results", object({ results }), one),
  run({ domain, caller, key, query, body }) {
    const named = { name: key, group: query.group };
    if (!("items" in body)) return { body: encryptedJson(domain.operations.encrypt(caller, named, plainOf(body, ""))) };
    const items = body.items.map((each, index) => () => plainOf(each, `items[${index}].`));
    const parts: string[] = [];
    domain.operations.encryptEach(caller, named, items, (result, refusal) => {
      parts.push(result === null ? `{"error":${problemOf(refusal).text}}` : encryptedJson(result));
    });
    return { body: `{"results":[${parts.join(",")}]}` };
  },
  raw({ domain, caller, key, query, body, aad: associated }) {
    const named = { name: key, group: query.group };
    const made = domain.operations.encrypt(caller, named, { plaintext: body, aad: associated });
    return { body: made.ciphertext, type: "application/octet-stream", headers: keyHeaders(made) };
  },
});

/** An answer that holds a ciphertext. Nothing in it needs escaping. */
export function encryptedJson(made: Encrypted): string {
  return `{"keyId":"${made.keyId}","version":${made.version},"ciphertext":"${made.ciphertext.toString("base64")}"}`;
}

/** Where raw answers name the key. */
export function keyHeaders(made: { readonly keyId: string; readonly version: number }): string[] {
  return ["Holdfast-Key-Id", made.keyId, "Holdfast-Key-Version", String(made.version)];
}

function plainOf(given: { readonly plaintext: string; readonly aad?: string | undefined }, path: string) {
  return {
    plaintext: decodeBase64(given.plaintext, `${path}plaintext`),
    aad: given.aad === undefined ? undefined : decodeBase64(given.aad, `${path}aad`),
  };
}
