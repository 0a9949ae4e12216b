import { OBJECT_TYPES } from "@holdfast/protocol";
import { type Route, route } from "../route.ts";
import { base64, described, object, optional, orNull, plainText, word } from "../schema.ts";
import { group, keyId, version } from "./fields.ts";

const format = word("raw", "pkcs1", "pkcs8", "sec1", "spki", "x509", "pgp");

/** Takes material out. */
export const materialRoute: Route = route({
  method: "GET",
  path: "/v1/keys/{key}/material",
  id: "material",
  summary: "Take the material of an extractable key out; it is in the custody log before it is sent",
  query: object({
    group: optional(group),
    format: optional(described(format, "The one it is kept in without it.")),
  }),
  answer: object({
    keyId,
    version,
    type: word(...OBJECT_TYPES),
    algorithm: orNull(plainText(1, 40)),
    format,
    material: described(base64, "In clear."),
  }),
  async run({ domain, caller, key, query }) {
    const made = await domain.operations.getMaterial(caller, { name: key, ...query });
    const { id, version: its, type, algorithm, format: form, material } = made;
    const text = material.toString("base64");
    material.fill(0);
    return { body: JSON.stringify({ keyId: id, version: its, type, algorithm, format: form, material: text }) };
  },
});
