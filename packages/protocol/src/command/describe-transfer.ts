import { type ImportedKey, importedVersions, type TransferForm } from "../transfer/imported-key.ts";
import type { ArgsOf } from "./command-args.ts";
import type { CommandDescription } from "./command-description.ts";
import { inReadingOrder } from "./in-reading-order.ts";
import { usageWords } from "./usage-words.ts";

const FORM_WORDS: Readonly<Record<TransferForm, string>> = {
  hpke: "HPKE",
  "rsa-oaep": "RSA-OAEP",
  "rsa-kwp": "RSA-OAEP and AES key wrap",
};

/** @see describeCommand */
export function describeImportBegin({ form, most }: ArgsOf<"import.begin">): CommandDescription {
  return {
    title: "Begin an import of keys",
    tag: "begins an import",
    danger: false,
    lines: [
      `The key server makes a key that is used once: up to ${most} keys can be sealed to it by ${FORM_WORDS[form]}.`,
      "Nothing is taken in yet; the sealed keys are put before you by name.",
    ],
  };
}

/** @see describeCommand */
export function describeImport({ items }: ArgsOf<"import.commit">): CommandDescription {
  const [first] = items;
  const named = inReadingOrder(items);
  return {
    title: items.length === 1 ? `Take in key ${first?.label ?? ""}` : `Take in ${items.length} keys`,
    tag: "imports keys",
    danger: false,
    lines: [
      items.length === 1
        ? "Whoever held it before may still have it: it counts as known to a former holder until it is rotated."
        : "Whoever held them before may still have them: they count as known to a former holder until they are rotated.",
      ...named.map(importedWords),
    ],
    listed: { from: 1, names: named.map(({ label }) => label) },
  };
}

function importedWords(item: ImportedKey): string {
  const { label, alias, algorithm, type, usage, group, extractable, foreign = [] } = item;
  const named = alias === undefined ? "" : `, also called ${alias}`;
  const uses = usage.length === 0 ? "only kept" : `to ${usageWords(usage)}`;
  const versions = importedVersions(item).length;
  const leaves = extractable ? "It may leave again to clients that are granted that." : "It never leaves again.";
  const many = versions === 1 ? "" : ` ${versions} versions.`;
  const known = foreign.length === 0 ? "" : ` Elsewhere it is ${foreign.join(", ")}.`;
  const pair = type === "private-key" ? " key pair" : "";
  return `${label}${named}: ${algorithm ?? "a secret"}${pair}, ${uses}, in group ${group}.${many} ${leaves}${known}`;
}

/** @see describeCommand */
export function describeExport({ keys, recipient, form, inside, versions }: ArgsOf<"export.wrap">): CommandDescription {
  const [first] = keys;
  const named = inReadingOrder(keys);
  return {
    title: keys.length === 1 ? `Hand key ${first?.label ?? ""} out` : `Hand ${keys.length} keys out`,
    tag: "exports keys",
    danger: true,
    lines: [
      `The material leaves the key server, wrapped by ${FORM_WORDS[form]} for ${recipient.label}: whoever has that private key has it for good.`,
      `${versions === "all" ? "All versions" : "The current version"}${inside === "jwk" ? ", as JSON Web Keys," : ""} of`,
      ...named.map(({ label, group }) => `${label}, in group ${group}`),
    ],
    listed: { from: 2, names: named.map(({ label }) => label) },
  };
}
