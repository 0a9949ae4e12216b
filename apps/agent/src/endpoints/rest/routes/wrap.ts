import { KEY_ALGORITHMS } from "@holdfast/protocol";
import { decodeBase64 } from "../base64.ts";
import { type Route, route } from "../route.ts";
import { base64, described, object, optional, text, word } from "../schema.ts";
import { groupQuery, keyId, version } from "./fields.ts";
import { metadata as metadataFields, newKeyOf, objectOf, settings } from "./new-key-fields.ts";

const mode = optional(
  described(word("KW", "KWP", "RSA-OAEP"), "AES key wrap, with padding, or RSA-OAEP; KWP without it."),
);
const format = word("raw", "pkcs8", "spki");
const wrapped = described(base64, "The key's material, wrapped.");

/** Takes material out under a wrapping key. */
export const wrapRoute: Route = route({
  method: "POST",
  path: "/v1/keys/{key}/wrap",
  id: "wrap",
  summary: "Take another key out, wrapped under this one; it counts as taking it out",
  query: groupQuery,
  body: object({
    toWrap: described(text(/^[!-~]{1,300}$/, "a key id or alias"), "The key to take out: id or alias."),
    mode,
    format: optional(format),
  }),
  answer: object({ keyId, version, wrapped, under: keyId }),
  async run({ domain, caller, key, query, body }) {
    const wrapping = { name: key, group: query.group, params: { mode: body.mode ?? "KWP" } } as const;
    const made = await domain.operations.getMaterial(caller, { name: body.toWrap, format: body.format, wrapping });
    const text = made.material.toString("base64");
    const answer = { keyId: made.id, version: made.version, wrapped: text, under: made.wrapped?.keyId };
    return { body: JSON.stringify(answer) };
  },
});

/** Takes a wrapped key in. */
export const unwrapRoute: Route = route({
  method: "POST",
  path: "/v1/keys/{key}/unwrap",
  id: "unwrap",
  summary: "Register a key that comes wrapped under this one",
  query: groupQuery,
  status: 201,
  body: object({
    ...settings,
    type: optional(described(word("symmetric-key", "private-key"), "A symmetric key without it.")),
    algorithm: word(...KEY_ALGORITHMS),
    wrapped,
    mode,
    format: optional(format),
  }),
  answer: object(metadataFields),
  async run({ domain, caller, key, query, body }) {
    const under = { name: key, group: query.group, params: { mode: body.mode ?? "KWP" } } as const;
    const { type = "symmetric-key" } = body;
    const read = body.format ?? (type === "private-key" ? "pkcs8" : "raw");
    const made = await domain.operations.registerObject(caller, {
      ...{ ...objectOf(body), type },
      material: { wrapped: decodeBase64(body.wrapped, "wrapped"), under, read },
    });
    return { status: 201, body: JSON.stringify(newKeyOf(made)) };
  },
});
