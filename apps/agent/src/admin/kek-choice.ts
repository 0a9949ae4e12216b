import type { KekChoice } from "../custody/kek-source.ts";
import { onlyFields, textField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";

/** Reads how a person wants the root key protected. @throws {@link HttpRefusal} `E_SCHEMA` */
export function readKekChoice(given: JsonCall["body"]): KekChoice {
  const kind = textField(given, "kind", 16);
  const only = (...names: string[]) => onlyFields(given, ["kind", ...names]);
  if (kind === "file") {
    only("path");
    return given["path"] === undefined ? { kind } : { kind, path: textField(given, "path", 4096) };
  }
  if (kind === "passphrase") {
    only("passphrase");
    return { kind, passphrase: textField(given, "passphrase") };
  }
  if (kind === "pkcs11") {
    only("uri", "pin");
    const uri = textField(given, "uri", 4096);
    return given["pin"] === undefined ? { kind, uri } : { kind, uri, pin: textField(given, "pin", 256) };
  }
  if (kind === "credential") {
    only("name");
    return { kind, name: textField(given, "name", 64) };
  }
  if (kind !== "shares") throw new HttpRefusal(400, "E_SCHEMA", "kind is none of the ways to unseal.");
  only("parts", "threshold");
  return { kind, threshold: { parts: Number(given["parts"]), threshold: Number(given["threshold"]) } };
}
