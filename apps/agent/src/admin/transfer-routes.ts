import { findBase64url } from "@holdfast/protocol";
import type { Domain } from "../domain.ts";
import { textField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import type { ImportView, ReceivedView, RecipientView } from "./answers.ts";

/** Largest sealed import and largest public key, as text. */
const MAX_SEALED_TEXT = 23_000_000;
const MAX_KEY_TEXT = 16_384;

/** Imports that are open. */
export function openImports({ transfers }: Domain): { imports: ImportView[] } {
  const imports = transfers.open().map(({ offer: { importId, form, most, exp } }) => ({ importId, form, most, exp }));
  return { imports };
}

/** An open import's offer, with what it takes to check it elsewhere. */
export function offerOf({ transfers, rosters }: Domain, importId: string) {
  return { offer: transfers.session(importId).signed, chain: rosters.links() };
}

/** Takes sealed keys from the command line: given directly, as introductions are. */
export function takeSealed({ transfers }: Domain, body: JsonCall["body"]): ReceivedView {
  const { sealed, words, import: offer, items } = transfers.receive(bytesOf(body, "sealed", MAX_SEALED_TEXT));
  return { sealed, words: [...words], importId: offer.importId, items: [...items] };
}

/** Takes the public key of somebody who may be handed keys. */
export function takeRecipient({ transfers }: Domain, body: JsonCall["body"]): RecipientView {
  const { key, kind, words } = transfers.recipients.introduce(bytesOf(body, "key", MAX_KEY_TEXT));
  return { key, kind, words: [...words] };
}

function bytesOf(body: JsonCall["body"], field: string, most: number): Uint8Array {
  const bytes = findBase64url(textField(body, field, most));
  if (bytes === null) throw new HttpRefusal(400, "E_SCHEMA", `${field} is not base64url.`);
  return bytes;
}
