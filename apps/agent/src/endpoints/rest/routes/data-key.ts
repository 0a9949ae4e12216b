import { MAX_DATA_KEY_BYTES } from "../../../operations/data-key.ts";
import { type Route, route } from "../route.ts";
import { boolean, described, integer, object, optional } from "../schema.ts";
import { ciphertext, groupQuery, keyId, plaintext, version } from "./fields.ts";

/** Makes a data key for envelope encryption. */
export const dataKeyRoute: Route = route({
  method: "POST",
  path: "/v1/keys/{key}/datakey",
  id: "datakey",
  summary: "Make a data key: in clear to use now, and encrypted to keep",
  query: groupQuery,
  body: object({
    bytes: described(integer(1, MAX_DATA_KEY_BYTES), "Length; 32 is an AES-256 key."),
    plaintext: optional(described(boolean, "False: the encrypted form only. True without it.")),
  }),
  answer: object({ keyId, version, ciphertext, plaintext: optional(plaintext) }),
  run({ domain, caller, key, query, body }) {
    const made = domain.operations.dataKey(caller, {
      key,
      group: query.group,
      bytes: body.bytes,
      plaintext: body.plaintext ?? true,
    });
    const clear = made.plaintext === null ? "" : `,"plaintext":"${made.plaintext.toString("base64")}"`;
    made.plaintext?.fill(0);
    const sealed = `"keyId":"${made.keyId}","version":${made.version},"ciphertext":"${made.ciphertext.toString("base64")}"`;
    return { body: `{${sealed}${clear}}` };
  },
});
