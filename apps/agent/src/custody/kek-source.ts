import {
  CryptoError,
  deriveKekFromPassphrase,
  type KeyEncryptionKey,
  newPassphraseParameters,
  type PassphraseParameters,
  parsePassphraseParameters,
} from "@holdfast/crypto";
import { CustodyError } from "./errors.ts";
import { establishHsmKek, type HsmChoice } from "./hsm/hsm.ts";
import { type HsmSource, parseHsmSource } from "./hsm/hsm-source.ts";
import { createKekFile, freeKekPath, readKekFile } from "./kek-file.ts";

/** How a person wants the root key protected. Without `path` the file is `<keyDirectory>/<aid>.kek`. */
export type KekChoice =
  | { readonly kind: "file"; readonly path?: string }
  | { readonly kind: "passphrase"; readonly passphrase: string }
  /** A token behind a PKCS#11 module: a hardware security module, a TPM, SoftHSM. */
  | HsmChoice;

/** Where the key-encryption key comes from, as the store remembers it. Public. */
export type KekSource =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "passphrase"; readonly parameters: PassphraseParameters }
  | HsmSource;

/** Folders custody needs. `keyDirectory` is `${XDG_CONFIG_HOME:-~/.config}/holdfast`. */
export interface CustodyFolders {
  readonly dataDirectory: string;
  readonly keyDirectory: string;
}

const MIN_PASSPHRASE_CHARACTERS = 12;

/**
 * Makes the key-encryption key a person chose.
 *
 * @throws {@link CustodyError} `E_KEK_PATH`, `E_KEK_FILE`, `E_PASSPHRASE_WEAK`; {@link HsmError}
 */
export async function establishKek(
  choice: KekChoice,
  aid: string,
  folders: CustodyFolders,
): Promise<{ kek: KeyEncryptionKey; source: KekSource; undo?: () => Promise<void> }> {
  if (choice.kind === "file") {
    const path = choice.path ?? freeKekPath(folders.keyDirectory, aid);
    return { kek: createKekFile(path, folders.dataDirectory), source: { kind: "file", path } };
  }
  if (choice.kind === "pkcs11") return establishHsmKek(choice, aid, folders.dataDirectory);
  refuseWeakPassphrase(choice.passphrase);
  const parameters = newPassphraseParameters();
  return {
    kek: await deriveKekFromPassphrase(choice.passphrase, parameters),
    source: { kind: "passphrase", parameters },
  };
}

/**
 * Gets the key-encryption key back; one in a token comes from {@link Hsm}, which stays open.
 *
 * @throws {@link CustodyError} `E_KEK_FILE`, `E_KEK_PATH`, `E_PASSPHRASE` when one is needed and not given, `E_KEK` for one
 * that cannot be right
 */
export async function openKek(
  source: Exclude<KekSource, HsmSource>,
  folders: Pick<CustodyFolders, "dataDirectory">,
  passphrase?: string,
): Promise<KeyEncryptionKey> {
  if (source.kind === "file") return readKekFile(source.path, folders.dataDirectory);
  if (passphrase === undefined) throw new CustodyError("E_PASSPHRASE");
  try {
    return await deriveKekFromPassphrase(passphrase, source.parameters);
  } catch (cause) {
    if (cause instanceof CryptoError) throw new CustodyError("E_KEK");
    throw cause;
  }
}

/** @throws {@link CustodyError} `E_PASSPHRASE_WEAK` below 12 characters */
export function refuseWeakPassphrase(passphrase: string): void {
  if ([...passphrase.normalize("NFC")].length < MIN_PASSPHRASE_CHARACTERS) throw new CustodyError("E_PASSPHRASE_WEAK");
}

/** Reads a stored source strictly. @throws {@link CustodyError} `E_CUSTODY_RECORD` */
export function parseKekSource(value: unknown): KekSource {
  const given = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const hsm = parseHsmSource(given);
  if (hsm !== null) return hsm;
  const members = Object.keys(given).sort().join();
  if (members === "kind,path" && given.kind === "file" && typeof given.path === "string")
    return { kind: "file", path: given.path };
  if (members !== "kind,parameters" || given.kind !== "passphrase") throw new CustodyError("E_CUSTODY_RECORD");
  try {
    return { kind: "passphrase", parameters: parsePassphraseParameters(given.parameters) };
  } catch {
    throw new CustodyError("E_CUSTODY_RECORD");
  }
}
