import type { Decrypted } from "../../../operations/decrypt.ts";
import { decodeBase64 } from "../base64.ts";
import { problemOf } from "../problem.ts";
import { type Route, route } from "../route.ts";
import { either, list, object, optional } from "../schema.ts";
import { keyHeaders } from "./encrypt.ts";
import { aad, ciphertext, keyId, MAX_ITEMS, plaintext, version } from "./fields.ts";
import { problem } from "./problem-schema.ts";

const item = object({ ciphertext, aad: optional(aad) });
const one = object({ keyId, version, plaintext });
const results = list(either("error", object({ error: problem }), one), 1, MAX_ITEMS);

/** Decrypts one, or many in one request; each ciphertext names its key and version. */
export const decryptRoute: Route = route({
  method: "POST",
  path: "/v1/decrypt",
  id: "decrypt",
  summary: "Decrypt one, or up to 1,000 in one request",
  body: either("items", object({ items: list(item, 1, MAX_ITEMS) }), item),
  answer: either("results", object({ results }), one),
  run({ domain, caller, body }) {
    if (!("items" in body)) return { body: decryptedJson(domain.operations.decrypt(caller, sealedOf(body, ""))) };
    const items = body.items.map((each, index) => () => sealedOf(each, `items[${index}].`));
    const parts: string[] = [];
    domain.operations.decryptEach(caller, items, (result, refusal) => {
      parts.push(result === null ? `{"error":${problemOf(refusal).text}}` : decryptedJson(result));
    });
    return { body: `{"results":[${parts.join(",")}]}` };
  },
  raw({ domain, caller, body, aad: associated }) {
    const opened = domain.operations.decrypt(caller, { ciphertext: body, aad: associated });
    return { body: opened.plaintext, type: "application/octet-stream", headers: keyHeaders(opened) };
  },
});

function decryptedJson(opened: Decrypted): string {
  return `{"keyId":"${opened.keyId}","version":${opened.version},"plaintext":"${opened.plaintext.toString("base64")}"}`;
}

function sealedOf(given: { readonly ciphertext: string; readonly aad?: string | undefined }, path: string) {
  return {
    ciphertext: decodeBase64(given.ciphertext, `${path}ciphertext`),
    aad: given.aad === undefined ? undefined : decodeBase64(given.aad, `${path}aad`),
  };
}
