import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { generateRecipientKey, type KeyEncryptionKey, RootKey } from "@holdfast/crypto";
import {
  type AgentKeys,
  generateAgentKeys,
  identityOf,
  unwrapAgentKeys,
  wrapAgentKeys,
  zeroizeAgentKeys,
} from "./agent-keys.ts";
import {
  type AgentIdentity,
  type CustodyRecord,
  encodeCustodyRecord,
  openRecordRoot,
  parseCustodyRecord,
} from "./custody-record.ts";
import { CustodyError } from "./errors.ts";
import { Hsm } from "./hsm/hsm.ts";
import { refuseInside } from "./inside.ts";
import {
  type CustodyFolders,
  establishKek,
  type KekChoice,
  type KekSource,
  openKek,
  refuseWeakPassphrase,
} from "./kek-source.ts";
import { createRecoveryFile, newRecoveryPassphrase, recoveryPathIn } from "./recovery-file.ts";
import type { SecretStore } from "./secret-store.ts";

/** What an unsealed agent holds: the domain's root key and its own keys. */
export interface Unsealed extends AgentKeys {
  readonly root: RootKey;
}

/** How to make a new agent's custody. */
export interface CustodyInit extends CustodyFolders {
  readonly store: SecretStore;
  readonly kek: KekChoice;
  /** With a local administrator. */
  readonly standalone: boolean;
  /** Protects the recovery file; without one it is made here and returned once. */
  readonly recoveryPassphrase?: string;
}

/** What `init` tells the person. */
export interface CustodyMade {
  readonly custody: Custody;
  readonly recoveryPath: string;
  /** The passphrase made here, to be shown once and written down; null when the person gave one. */
  readonly recoveryPassphrase: string | null;
}

/** The agent's secrets: sealed they are ciphertext in the store, unsealed they are handles in memory. */
export class Custody {
  readonly identity: AgentIdentity;
  readonly kek: KekSource;
  readonly #record: CustodyRecord;
  readonly #store: SecretStore;
  readonly #folders: Pick<CustodyFolders, "dataDirectory">;
  readonly #sealListeners: (() => void)[] = [];
  #hsm: Hsm | null = null;
  #unsealed: Unsealed | null = null;

  private constructor(record: CustodyRecord, store: SecretStore, folders: Pick<CustodyFolders, "dataDirectory">) {
    this.identity = record.identity;
    this.kek = record.kek;
    this.#record = record;
    this.#store = store;
    this.#folders = folders;
  }

  /**
   * Makes root key, agent keys, key-encryption key and recovery file, and leaves the agent unsealed.
   *
   * Files are written before the store: an init that is cut off leaves a store without custody, which init takes again.
   *
   * @throws {@link CustodyError} `E_INITIALISED`, `E_KEK_PATH`, `E_KEK_FILE`, `E_PASSPHRASE_WEAK`, `E_RECOVERY_FILE`
   */
  static async init(options: CustodyInit): Promise<CustodyMade> {
    if (options.store.findSecret("custody") !== null) throw new CustodyError("E_INITIALISED");
    if (options.recoveryPassphrase !== undefined) refuseWeakPassphrase(options.recoveryPassphrase);
    const root = RootKey.generate();
    const keys = generateAgentKeys(options.standalone);
    const backup = generateRecipientKey();
    const identity = identityOf(keys, backup.publicKey, root.commitment);
    const { kek, source, undo } = await establishKek(options.kek, identity.aid, options);
    const keyFolder = source.kind === "file" ? dirname(source.path) : options.keyDirectory;
    const recoveryPath = recoveryPathIn(keyFolder, identity.aid);
    const generated = options.recoveryPassphrase === undefined ? newRecoveryPassphrase() : null;
    try {
      refuseInside(recoveryPath, options.dataDirectory);
      await createRecoveryFile(recoveryPath, identity.aid, backup, options.recoveryPassphrase ?? generated ?? "");
      options.store.putSecrets({
        ...wrapAgentKeys(root.kek, keys),
        custody: encodeCustodyRecord(identity, source, kek, root),
      });
    } catch (cause) {
      // Nothing was made that these could open: they are taken away, so that init can be run again.
      await undo?.();
      if (source.kind === "file") rmSync(source.path, { force: true });
      rmSync(recoveryPath, { force: true });
      throw cause;
    } finally {
      kek.zeroize();
      backup.zeroize();
    }
    const custody = Custody.load(options.store, options);
    custody.#unsealed = { root, ...keys };
    return { custody, recoveryPath, recoveryPassphrase: generated };
  }

  /**
   * Reads what the store holds, sealed.
   *
   * @throws {@link CustodyError} `E_CUSTODY_RECORD` when there is none or it is not readable
   */
  static load(store: SecretStore, folders: Pick<CustodyFolders, "dataDirectory">): Custody {
    const bytes = store.findSecret("custody");
    if (bytes === null) throw new CustodyError("E_CUSTODY_RECORD");
    return new Custody(parseCustodyRecord(bytes), store, folders);
  }

  /** The token that the key-encryption key is in; null where it is in none. */
  get hsm(): Hsm | null {
    const { kek } = this;
    if (kek.kind !== "pkcs11") return null;
    if (this.#hsm?.source !== kek) this.#hsm = new Hsm(kek, this.#folders.dataDirectory);
    return this.#hsm;
  }

  get sealed(): boolean {
    return this.#unsealed === null;
  }

  /** @throws {@link CustodyError} `E_SEALED` */
  get keys(): Unsealed {
    if (this.#unsealed === null) throw new CustodyError("E_SEALED");
    return this.#unsealed;
  }

  /**
   * Opens the root key and the agent's keys; nothing happens when it is open already.
   *
   * @param passphrase - Or the PIN of the token.
   * @param byItself - Nobody asked for it: a PIN that was refused before is not given again.
   * @throws {@link CustodyError} `E_KEK_FILE`, `E_KEK_PATH`, `E_PASSPHRASE`, `E_KEK`, `E_CUSTODY_RECORD`; {@link HsmError}
   */
  async unseal(passphrase?: string, byItself = false): Promise<void> {
    if (this.#unsealed !== null) return;
    const kek = await this.#presentKek(passphrase, byItself);
    let root: RootKey;
    try {
      root = openRecordRoot(this.#record, kek);
    } finally {
      kek.zeroize();
    }
    try {
      const keys = unwrapAgentKeys(root.kek, this.#store, this.identity);
      if (this.#unsealed !== null) return void root.zeroize(); // another call was faster
      this.#unsealed = { root, ...keys };
    } catch (cause) {
      root.zeroize();
      throw cause;
    }
  }

  async #presentKek(passphrase: string | undefined, byItself: boolean): Promise<KeyEncryptionKey> {
    const { kek, hsm } = this;
    if (kek.kind === "pkcs11") return (hsm as Hsm).openKek(passphrase, byItself);
    return openKek(kek, this.#folders, passphrase);
  }

  /** Wipes the root key, drops every key, and tells those who hold handles of their own. */
  seal(): void {
    const held = this.#unsealed;
    if (held === null) return;
    this.#unsealed = null;
    const { root, ...keys } = held;
    root.zeroize();
    zeroizeAgentKeys(keys);
    for (const listener of this.#sealListeners) listener();
  }

  /** Registers what must be forgotten when the agent is sealed (cached key handles, the CA). */
  onSeal(listener: () => void): void {
    this.#sealListeners.push(listener);
  }
}
