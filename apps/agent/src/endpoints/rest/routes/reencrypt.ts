import { decodeBase64 } from "../base64.ts";
import { type Route, route } from "../route.ts";
import { described, object, optional, text } from "../schema.ts";
import { encryptedJson } from "./encrypt.ts";
import { aad, ciphertext, group, keyId, version } from "./fields.ts";

const toKey = described(
  text(/^(?:k_[a-z2-7]{26}|alias\/[A-Za-z0-9/_-]{1,200})$/, "a key id or an alias"),
  "Id or alias of the key to bring it under; the same key brings it under its newest version.",
);

/** Brings a ciphertext under another key without showing its plaintext. */
export const reencryptRoute: Route = route({
  method: "POST",
  path: "/v1/reencrypt",
  id: "reencrypt",
  summary: "Bring a ciphertext under another key or its key's newest version",
  body: object({ ciphertext, aad: optional(aad), toKey, group: optional(group) }),
  answer: object({ keyId, version, ciphertext }),
  run({ domain, caller, body }) {
    const made = domain.operations.reencrypt(caller, {
      ciphertext: decodeBase64(body.ciphertext, "ciphertext"),
      aad: body.aad === undefined ? undefined : decodeBase64(body.aad, "aad"),
      toKey: body.toKey,
      group: body.group,
    });
    return { body: encryptedJson(made) };
  },
});
