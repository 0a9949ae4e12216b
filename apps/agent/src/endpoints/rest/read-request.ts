import { isAscii, isUtf8 } from "node:buffer";
import type { IncomingHttpHeaders } from "node:http";
import { decodeBase64 } from "./base64.ts";
import { RestError } from "./errors.ts";
import type { Route } from "./route.ts";
import type { Schema } from "./schema.ts";

/** How the body is to be read. */
export type BodyKind = "none" | "json" | "raw";

const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;
const RAW_TYPE = "application/octet-stream";
/** Longest associated data in a header, base64. */
const MAX_AAD_TEXT = 6144;

/**
 * What kind of body a request announces, before any of it is read.
 *
 * @throws {@link RestError} `E_CONTENT_TYPE`, `E_SCHEMA` for a body where none belongs
 */
export function bodyKind(route: Route, headers: IncomingHttpHeaders): BodyKind {
  const type = headers["content-type"];
  if (route.body === undefined) {
    const announced =
      headers["transfer-encoding"] !== undefined || !["0", undefined].includes(headers["content-length"]);
    if (announced) throw new RestError("E_SCHEMA", "A body does not belong here.");
    return "none";
  }
  if (headers["content-encoding"] !== undefined)
    throw new RestError("E_CONTENT_TYPE", "A body with a content encoding is not taken.");
  if (type === "application/json" || (type !== undefined && JSON_TYPE.test(type))) return "json";
  if (type === RAW_TYPE && route.raw !== undefined) return "raw";
  throw new RestError("E_CONTENT_TYPE");
}

/** Parses a body and checks it. @throws {@link RestError} `E_JSON`, `E_SCHEMA` */
export function readJson(schema: Schema<unknown>, body: Buffer): unknown {
  const isPlain = isAscii(body);
  if (!isPlain && !isUtf8(body)) throw new RestError("E_JSON");
  let value: unknown;
  try {
    value = JSON.parse(body.toString(isPlain ? "latin1" : "utf8"));
  } catch {
    throw new RestError("E_JSON");
  }
  return schema.read(value, "");
}

/** Parses a query and checks it. @throws {@link RestError} `E_SCHEMA` */
export function readQuery(schema: Schema<unknown> | undefined, search: string): unknown {
  if (search === "") return schema === undefined ? {} : schema.read({}, "query");
  if (schema === undefined) throw new RestError("E_SCHEMA", "A query does not belong here.");
  const given: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(search)) {
    if (name in given) throw new RestError("E_SCHEMA", "The query names something twice.");
    given[name] = value;
  }
  return schema.read(given, "query");
}

/** Associated data of a raw body. @throws {@link RestError} `E_HEADER` */
export function readAad(headers: IncomingHttpHeaders): Buffer | undefined {
  const text = headers["holdfast-aad"];
  if (text === undefined) return undefined;
  if (typeof text !== "string" || text.length > MAX_AAD_TEXT)
    throw new RestError("E_HEADER", "Holdfast-Aad is one header of base64.", { max: MAX_AAD_TEXT });
  try {
    return decodeBase64(text, "Holdfast-Aad");
  } catch {
    throw new RestError("E_HEADER", "Holdfast-Aad is not standard base64.");
  }
}
