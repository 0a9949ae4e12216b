import { encodeResponse, type ResponseMessage, writeJson, writeResponse, writeXml } from "@holdfast/kmip";
import type { KmipEncoding } from "./kmip-answerer.ts";

/** A response message in the form in which its request came. */
export function encodeMessage(response: ResponseMessage, encoding: KmipEncoding): Buffer {
  if (encoding === "ttlv") return encodeResponse(response);
  const tree = writeResponse(response);
  return Buffer.from(encoding === "xml" ? writeXml(tree) : writeJson(tree));
}
