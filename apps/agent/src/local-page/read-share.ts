import type { GivenShare } from "../custody/escrow/receiving.ts";
import { onlyFields, textField } from "../json-http/fields.ts";
import type { JsonCall } from "../json-http/serve-json.ts";

/** A custodian's share, as the page and the socket take it. @throws {@link HttpRefusal} `E_SCHEMA` */
export function readGivenShare(body: JsonCall["body"]): GivenShare {
  onlyFields(body, ["releaseCmd", "seat", "enc", "ct"]);
  return {
    releaseCmd: textField(body, "releaseCmd", 64),
    seat: textField(body, "seat", 64),
    enc: textField(body, "enc", 128),
    ct: textField(body, "ct", 128),
  };
}
