import { findBase64url } from "@holdfast/protocol";
import type { Domain } from "../domain.ts";
import { textField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import type { ImportView, ReceivedView } from "./answers.ts";

/** Largest sealed import, as text. */
const MAX_SEALED_TEXT = 23_000_000;

/** Imports that are open. */
export function openImports({ transfers }: Domain): { imports: ImportView[] } {
  const imports = transfers.open().map(({ offer: { importId, form, most, exp } }) => ({ importId, form, most, exp }));
  return { imports };
}

/** An open import's offer, with what it takes to check it elsewhere. */
export function offerOf({ transfers, rosters }: Domain, importId: string) {
  return { offer: transfers.session(importId).signed, chain: rosters.links() };
}

/** Takes sealed keys from the command line: an introduction. */
export function takeSealed({ transfers }: Domain, body: JsonCall["body"]): ReceivedView {
  const sealed = bytesOf(body, "sealed", MAX_SEALED_TEXT);
  const {
    reference,
    words,
    sealedWords,
    import: offer,
    items,
  } = transfers.receive(sealed, textField(body, "label", 128));
  const { importId } = offer;
  return { reference, words: [...words], sealedWords: [...sealedWords], importId, items: [...items] };
}

function bytesOf(body: JsonCall["body"], field: string, most: number): Uint8Array {
  const bytes = findBase64url(textField(body, field, most));
  if (bytes === null) throw new HttpRefusal(400, "E_SCHEMA", `${field} is not base64url.`);
  return bytes;
}
