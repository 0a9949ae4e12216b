import {
  CryptoError,
  deriveKekFromPassphrase,
  KeyEncryptionKey,
  newPassphraseParameters,
  type PassphraseParameters,
  parsePassphraseParameters,
  type Threshold,
} from "@holdfast/crypto";
import { hasCredential, isCredentialName, readCredential } from "./credential.ts";
import { CustodyError } from "./errors.ts";
import { establishHsmKek, type HsmChoice, type KeyBefore } from "./hsm/hsm.ts";
import { type HsmSource, parseHsmSource } from "./hsm/hsm-source.ts";
import { createKekFile, freeKekPath, readKekFile } from "./kek-file.ts";
import { parseShareScheme, type ShareScheme, type ShareText, splitAmongCustodians } from "./shares.ts";

/** How a person wants the root key protected. Without `path` the file is `<keyDirectory>/<aid>.kek`. */
export type KekChoice =
  | { readonly kind: "file"; readonly path?: string }
  | { readonly kind: "passphrase"; readonly passphrase: string }
  /** Given by the service manager under a name; one that is not there yet is made in a file, to be handed to it. */
  | { readonly kind: "credential"; readonly name: string }
  | { readonly kind: "shares"; readonly threshold: Threshold }
  /** A token behind a PKCS#11 module: a hardware security module, a TPM, SoftHSM. */
  | HsmChoice;

/** Where the key-encryption key comes from, as the store remembers it. Public. */
export type KekSource =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "passphrase"; readonly parameters: PassphraseParameters }
  | { readonly kind: "credential"; readonly name: string }
  | ShareScheme
  | HsmSource;

/** What a new way of unsealing left for people to do. */
export interface KekMade {
  readonly kek: KeyEncryptionKey;
  readonly source: KekSource;
  /** Custodians' shares, each to be shown once to one person. */
  readonly shares?: readonly ShareText[];
  /** A file that was made: where the agent reads it from, or what is to be handed to the service manager. */
  readonly path?: string;
  /** Takes away what was made in a token, when nothing came of it. */
  readonly undo?: () => Promise<void>;
  /** The key of the token that opened the agent before this, and opens it no more. */
  readonly inToken?: KeyBefore;
}

/** Folders custody needs. `keyDirectory` is `${XDG_CONFIG_HOME:-~/.config}/holdfast`. */
export interface CustodyFolders {
  readonly dataDirectory: string;
  readonly keyDirectory: string;
}

const MIN_PASSPHRASE_CHARACTERS = 12;

/**
 * Makes the key-encryption key a person chose.
 *
 * @throws {@link CustodyError} `E_KEK_PATH`, `E_KEK_PLACE`, `E_PASSPHRASE_WEAK`; {@link HsmError}
 */
export async function establishKek(choice: KekChoice, aid: string, folders: CustodyFolders): Promise<KekMade> {
  if (choice.kind === "file") {
    const path = choice.path ?? freeKekPath(folders.keyDirectory, aid);
    const named = choice.path === undefined ? "made" : "there";
    return { kek: createKekFile(path, folders.dataDirectory, named), source: { kind: "file", path }, path };
  }
  if (choice.kind === "credential") return establishCredential(choice.name, aid, folders);
  if (choice.kind === "shares") {
    const kek = KeyEncryptionKey.generate(0);
    return { kek, ...splitAmongCustodians(kek, aid, choice.threshold) };
  }
  if (choice.kind === "pkcs11") return establishHsmKek(choice, aid, folders.dataDirectory);
  refuseWeakPassphrase(choice.passphrase);
  const parameters = newPassphraseParameters();
  return {
    kek: await deriveKekFromPassphrase(choice.passphrase, parameters),
    source: { kind: "passphrase", parameters },
  };
}

function establishCredential(name: string, aid: string, { keyDirectory, dataDirectory }: CustodyFolders): KekMade {
  if (!isCredentialName(name)) throw new CustodyError("E_CREDENTIAL", "This is no name of a credential.", { name });
  const source = { kind: "credential", name } as const;
  if (hasCredential(name)) return { kek: readCredential(name), source };
  const path = freeKekPath(keyDirectory, aid);
  return { kek: createKekFile(path, dataDirectory), source, path };
}

/** Whether an agent opens by itself when it is started: nobody has to come. */
export function opensUnattended({ kind }: KekSource): boolean {
  return kind === "file" || kind === "credential" || kind === "pkcs11";
}

/**
 * Gets the key-encryption key back; not from shares, which come one at a time, nor from a token, which stays open
 * ({@link Hsm}).
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
  if (source.kind === "credential") return readCredential(source.name);
  if (source.kind === "shares") throw new CustodyError("E_SHARES_NEEDED");
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
  if (members === "kind,name" && given.kind === "credential" && typeof given.name === "string")
    return { kind: "credential", name: given.name };
  const scheme = parseShareScheme(given);
  if (scheme !== null) return scheme;
  if (members !== "kind,parameters" || given.kind !== "passphrase") throw new CustodyError("E_CUSTODY_RECORD");
  try {
    return { kind: "passphrase", parameters: parsePassphraseParameters(given.parameters) };
  } catch {
    throw new CustodyError("E_CUSTODY_RECORD");
  }
}
