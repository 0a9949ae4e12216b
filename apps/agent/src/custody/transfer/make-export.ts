import { CryptoError, readTransferKey } from "@holdfast/crypto";
import { exportSealed } from "@holdfast/crypto/egress";
import {
  type Command,
  docHash,
  type ExportFile,
  encodeBase64url,
  encodeExport,
  exportAad,
  exportInfo,
  recipientHash,
  type TransferForm,
} from "@holdfast/protocol";
import { AdmissionError } from "../../admission/errors.ts";
import type { Keystore } from "../../keystore/keystore.ts";
import type { KeyRecord } from "../../keystore/records.ts";
import { type Leaving, leavingKeys } from "../../lifecycle/export-wrap.ts";

/** Whose keys leave, and to which public key. */
export interface ExportParts {
  readonly tid: string;
  readonly aid: string;
  readonly keystore: Keystore;
  /** The recipient's public key, SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
}

/**
 * Wraps the keys of a command for its recipient. Nothing has left when this returns: the caller makes the entries durable
 * first.
 *
 * @throws {@link AdmissionError} as `leavingKeys`; `E_ARGS` for a key that the form does not take
 */
export async function makeExport(
  command: Command<"export.wrap">,
  hash: string,
  parts: ExportParts,
): Promise<{ readonly bytes: Uint8Array; readonly hash: string }> {
  const { tid, aid, keystore } = parts;
  const { form, inside } = command.args;
  const recipient = recipientHash(parts.spki);
  const items: ExportFile["items"][number][] = [];
  for (const leaving of leavingKeys({ command, keystore })) items.push(await itemOf(leaving, command, hash, parts));
  const file: ExportFile = {
    ...{ typ: "export", ver: 1 },
    ...{ tid, aid, exportId: hash, form, inside, recipient, items },
  };
  const bytes = encodeExport(file);
  return { bytes, hash: docHash("export", bytes) };
}

async function itemOf(
  { key, versions }: Leaving,
  { args }: Command<"export.wrap">,
  exportId: string,
  { tid, aid, keystore, spki }: ExportParts,
): Promise<ExportFile["items"][number]> {
  const described = describe(key);
  const info = exportInfo({ tid, aid, exportId, recipient: recipientHash(spki) });
  const publicKey = targetKey(spki, args.form);
  const parts: ExportFile["items"][number]["parts"][number][] = [];
  for (const version of versions) {
    const target = { form: args.form, publicKey, info, aad: exportAad(described, version) };
    try {
      const { enc, ct } = await exportSealed(keystore.handle(key.id, version), args.inside, target);
      parts.push({ version, ct: encodeBase64url(ct), ...(enc === undefined ? {} : { enc: encodeBase64url(enc) }) });
    } catch (cause) {
      if (!(cause instanceof CryptoError)) throw cause;
      if (cause.code === "E_NOT_EXTRACTABLE") throw new AdmissionError("E_NOT_EXTRACTABLE");
      throw new AdmissionError("E_ARGS", `${key.label}: ${cause.message}`);
    }
  }
  return { key: described, parts };
}

/** @throws {@link AdmissionError} `E_ARGS` for a key of another kind than the form is for */
function targetKey(spki: Uint8Array, form: TransferForm): Uint8Array {
  const { kind, bytes } = readTransferKey(spki);
  if ((kind === "p256") !== (form === "hpke"))
    throw new AdmissionError("E_ARGS", "HPKE takes a P-256 key, the RSA forms an RSA key.");
  return bytes;
}

function describe(key: KeyRecord): ExportFile["items"][number]["key"] {
  const { id: keyId, label, group, type, algorithm, usage, aliases, foreign, current, state } = key;
  return {
    ...{ keyId, label, group, type, usage: [...usage], current, state },
    ...(algorithm === null ? {} : { algorithm }),
    ...(aliases.length === 0 ? {} : { aliases: [...aliases] }),
    ...(foreign.length === 0 ? {} : { foreign: [...foreign] }),
  };
}
