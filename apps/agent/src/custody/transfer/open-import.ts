import {
  CryptoError,
  type KeyHandle,
  type MaterialAttributes,
  openSealedKey,
  publicOf,
  requireSound,
  type TransferOpener,
} from "@holdfast/crypto";
import {
  type Command,
  decodeBase64url,
  type ImportOffer,
  importedAad,
  importInfo,
  type SealedImport,
} from "@holdfast/protocol";
import { AdmissionError } from "../../admission/errors.ts";
import type { Keystore } from "../../keystore/keystore.ts";
import type { MadeKey } from "../../lifecycle/act.ts";
import { type PlannedImport, plannedImports } from "../../lifecycle/import-commit.ts";
import type { TakenIn } from "../../lifecycle/transfers.ts";
import { permitFor } from "../../operations/permit.ts";

/** What an import is opened with. */
export interface OpeningParts {
  readonly offer: ImportOffer;
  readonly opener: TransferOpener;
  readonly keystore: Keystore;
  readonly describe: (handle: KeyHandle) => MadeKey;
}

type Part = SealedImport["items"][number]["parts"][number];

/**
 * Opens everything that was sealed to an import, and checks every key.
 *
 * @returns handles by the id of their object
 * @throws {@link AdmissionError} `E_IMPORT_OPEN` for what does not open, `E_IMPORT_WEAK` for a key that is not what it is said
 *   to be, or too weak; what was opened before is dropped
 */
export async function openImport(
  { args }: Command<"import.commit">,
  hash: string,
  sealed: SealedImport,
  parts: OpeningParts,
): Promise<ReadonlyMap<string, TakenIn>> {
  const taken = new Map<string, { version: number; made: MadeKey }[]>();
  try {
    for (const planned of plannedImports(args.items, hash)) {
      const versions: { version: number; made: MadeKey }[] = [];
      taken.set(planned.record.id, versions);
      const privateId = planned.record.links?.find(({ kind }) => kind === "private-key")?.id;
      const from = privateId === undefined ? undefined : taken.get(privateId);
      for (const part of sealed.items[planned.at]?.parts ?? []) {
        const before = from?.find(({ version }) => version === part.version)?.made.handle;
        const handle =
          before === undefined
            ? await openOne(planned, part, parts)
            : publicOf(before, attributesOf(planned, part.version));
        versions.push({ version: part.version, made: parts.describe(handle) });
      }
    }
    return taken;
  } catch (cause) {
    dropTaken(taken);
    throw cause;
  }
}

/** Drops opened keys out of memory. */
export function dropTaken(taken: ReadonlyMap<string, TakenIn>): void {
  for (const versions of taken.values()) for (const { made } of versions) made.handle.zeroize();
}

/** The next step where no rule on algorithms keeps the key out, and allowing one would not let it in. */
const NOT_AS_SAID = "Leave that key out, or correct it or what is said of it; then begin the import again.";

async function openOne(planned: PlannedImport, part: Part, { offer, opener, keystore }: OpeningParts) {
  const { item } = planned;
  const sealed = {
    form: offer.form,
    ct: decodeBase64url(part.ct),
    ...(part.enc === undefined ? {} : { enc: decodeBase64url(part.enc) }),
    info: importInfo(offer),
    aad: importedAad(item, part.version),
  };
  try {
    const handle = await openSealedKey(opener, sealed, item.format, attributesOf(planned, part.version));
    return requireSound(handle, permitFor({ keystore }, { algorithm: handle.keyAlgorithm, bits: handle.bits }));
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    if (cause.code === "E_DECRYPT")
      throw new AdmissionError("E_IMPORT_OPEN", `${item.label} cannot be opened.`, { item: planned.at + 1 });
    const next = cause.code === "E_CRYPTO_LEGACY" ? undefined : NOT_AS_SAID;
    throw new AdmissionError("E_IMPORT_WEAK", `${item.label}: ${cause.message}`, { item: planned.at + 1 }, next);
  }
}

function attributesOf({ record }: PlannedImport, version: number): MaterialAttributes {
  const { id, type, algorithm, usage, extractable } = record;
  return { id: { keyId: id, version }, type, algorithm, usages: usage, extractable };
}
