import { type Command, isKnownOutside, TRANSFER_FORMS, type TransferForm } from "@holdfast/protocol";
import type { Keystore } from "../keystore/keystore.ts";
import type { KeyRecord } from "../keystore/records.ts";
import type { ReceivedImports } from "../lifecycle/transfers.ts";
import { AdmissionError } from "./errors.ts";

type Args = Readonly<Record<string, unknown>>;

/**
 * The arguments of import.commit, from the sealed keys that this agent was given: whoever asks names only their hash.
 *
 * @throws {@link AdmissionError} `E_INTRO` for keys that it was not given, `E_PRESTATE` when their import is over
 */
export function composeImport({ sealed }: Args, received: ReceivedImports): Command<"import.commit">["args"] {
  const found = received.find(String(sealed));
  return { import: found.import.importId, sealed: found.reference, items: found.items };
}

/**
 * The arguments of export.wrap: keys by id, alias or name, or whole groups, as this agent has them now.
 *
 * @param find - Finds a key by what somebody calls it.
 * @throws {@link AdmissionError} `E_PRESTATE`, `E_ARGS`, `E_NOT_EXTRACTABLE`
 */
export function composeExport(
  args: Args,
  keystore: Keystore,
  find: (word: string) => KeyRecord,
): Command<"export.wrap">["args"] {
  const { recipient, form, inside = "native", versions = "current", keys, group } = args;
  const chosen = Array.isArray(keys) ? keys.map((word) => find(String(word))) : keysOfGroup(String(group), keystore);
  if (chosen.length === 0) throw new AdmissionError("E_PRESTATE", "No key of that group may leave.");
  const named = chosen.map(({ id: keyId, label, group: of, leaf: head }) => ({ keyId, label, group: of, head }));
  return { recipient, form: readForm(form), inside, versions, keys: named } as Command<"export.wrap">["args"];
}

/** Every key of a group that may leave and holds a secret. */
function keysOfGroup(group: string, keystore: Keystore): KeyRecord[] {
  return [...keystore.keys()].filter(
    (key) => key.group === group && key.extractable && key.type !== "public-key" && !key.state.startsWith("destroyed"),
  );
}

function readForm(form: unknown): TransferForm {
  const found = TRANSFER_FORMS.find((each) => each === form);
  if (found === undefined) throw new AdmissionError("E_ARGS", `The form is one of ${TRANSFER_FORMS.join(", ")}.`);
  return found;
}

/** Whether a key's current version is known to somebody who held it before. */
export function isKnown(key: KeyRecord): boolean {
  return isKnownOutside({
    type: key.type,
    current: key.current,
    ...(key.origin === "made" ? {} : { origin: "registered" }),
    ...(key.known === undefined ? {} : { known: key.known }),
  });
}
