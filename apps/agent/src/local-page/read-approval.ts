import { type Approval, parseApproval } from "@holdfast/protocol";
import { objectField, onlyFields } from "../json-http/fields.ts";
import type { JsonCall } from "../json-http/serve-json.ts";

/** A touch as the page sends it. @throws {@link HttpRefusal}, {@link ProtocolError} `E_SCHEMA` */
export function readApproval(body: JsonCall["body"]): Approval {
  onlyFields(body, ["approval", "handover"]);
  return parseApproval(objectField(body, "approval"));
}
