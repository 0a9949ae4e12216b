import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { generateRecipientKey, KeyEncryptionKey, RootKey, type Threshold } from "@holdfast/crypto";
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
import { Hsm, type KeyBefore } from "./hsm/hsm.ts";
import { refuseInside } from "./inside.ts";
import { findKekFileFault, type KekFileFault, readKekFile } from "./kek-file.ts";
import {
  type CustodyFolders,
  establishKek,
  type KekChoice,
  type KekMade,
  type KekSource,
  openKek,
  refuseWeakPassphrase,
} from "./kek-source.ts";
import { wipeFile } from "./private-file.ts";
import { createRecoveryFile, newRecoveryPassphrase, type RecoveryKey, recoveryPathIn } from "./recovery-file.ts";
import type { SecretStore } from "./secret-store.ts";
import { GivenShares, type SharesGiven, type ShareText, setNameOf, splitAmongCustodians } from "./shares.ts";
import { Staged, type StagedShares } from "./staged-shares.ts";

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
  /** Protects the recovery file, as it is or derived before; without one it is made here and returned once. */
  readonly recoveryPassphrase?: string | RecoveryKey;
}

/** What people have to be given before an agent that only they can open may exist. */
export interface ToHandOut {
  readonly aid: string;
  readonly shares: readonly ShareText[];
  readonly set: string;
}

/** What `init` tells the person. */
export interface CustodyMade {
  readonly custody: Custody;
  readonly recoveryPath: string;
  /** The passphrase made here, to be shown once and written down; null when the person gave one. */
  readonly recoveryPassphrase: string | null;
  /** Custodians' shares, each to be shown once to one person. */
  readonly shares: readonly ShareText[];
  /** The file of the key-encryption key that was made, if any. */
  readonly kekPath: string | null;
  /** Takes away the files that were made, where nothing came of it. */
  readonly undo: () => Promise<void>;
}

/** How the root key is protected from now on, and what shows that who asks may change it. */
export interface Rekey extends CustodyFolders {
  readonly kek: Exclude<KekChoice, { kind: "shares" }>;
  /** The passphrase as it is now, where one opens the agent. Custodians' shares are given before. */
  readonly passphrase?: string | undefined;
  /** Keys are in the token that opens this agent: it stays the same token. */
  readonly staysInToken?: boolean;
}

/** A new set of shares, and what shows that who asks may make it. */
export interface ShareSplit {
  readonly threshold: Threshold;
  /** The passphrase as it is now, where one opens the agent. */
  readonly passphrase?: string | undefined;
  readonly staysInToken?: boolean;
}

/** Puts the record into the store, in one transaction with its entry in the log. */
export type WriteRekey = (put: () => void, from: KekSource["kind"], to: KekSource["kind"]) => void;

/** The command line of this host, as a place that shares come from. */
const OWN_HOST = "host";

/** The agent's secrets: sealed they are ciphertext in the store, unsealed they are handles in memory. */
export class Custody {
  #record: CustodyRecord;
  #shares: GivenShares | null = null;
  readonly #staged = new Staged();
  readonly #store: SecretStore;
  readonly #folders: Pick<CustodyFolders, "dataDirectory">;
  readonly #sealListeners: (() => void)[] = [];
  #hsm: Hsm | null = null;
  #unsealed: Unsealed | null = null;

  private constructor(record: CustodyRecord, store: SecretStore, folders: Pick<CustodyFolders, "dataDirectory">) {
    this.#record = record;
    this.#expectShares();
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
    if (typeof options.recoveryPassphrase === "string") refuseWeakPassphrase(options.recoveryPassphrase);
    const root = RootKey.generate();
    const keys = generateAgentKeys(options.standalone);
    const backup = generateRecipientKey();
    const identity = identityOf(keys, backup.publicKey, root.commitment);
    const made = await establishKek(options.kek, identity.aid, options);
    const { kek, source } = made;
    const keyFolder = source.kind === "file" ? dirname(source.path) : options.keyDirectory;
    const recoveryPath = recoveryPathIn(keyFolder, identity.aid);
    const generated = options.recoveryPassphrase === undefined ? newRecoveryPassphrase() : null;
    let hasRecovery = false;
    const undo = async () => {
      await made.undo?.();
      if (made.path !== undefined) rmSync(made.path, { force: true });
      if (hasRecovery) rmSync(recoveryPath, { force: true });
    };
    try {
      refuseInside(recoveryPath, options.dataDirectory);
      await createRecoveryFile(recoveryPath, identity.aid, backup, options.recoveryPassphrase ?? generated ?? "");
      hasRecovery = true;
      options.store.putSecrets({
        ...wrapAgentKeys(root.kek, keys),
        custody: encodeCustodyRecord(identity, source, kek, root),
      });
    } catch (cause) {
      // Nothing was made that these could open: they are taken away, so that init can be run again.
      await undo();
      throw cause;
    } finally {
      kek.zeroize();
      backup.zeroize();
    }
    const custody = Custody.load(options.store, options);
    custody.#unsealed = { root, ...keys };
    const { shares = [], path = null } = made;
    return { custody, recoveryPath, recoveryPassphrase: generated, shares, kekPath: path, undo };
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

  /** The agent's public keys; they are known while sealed too. */
  get identity(): AgentIdentity {
    return this.#record.identity;
  }

  /** Where the key-encryption key comes from. */
  get kek(): KekSource {
    return this.#record.kek;
  }

  /** What keeps the file that opens this agent from opening it, or lets others at it; null where nothing does, or no file opens it. */
  get kekFileFault(): KekFileFault | null {
    const { kek } = this;
    if (kek.kind !== "file") return null;
    return findKekFileFault(kek.path, this.#folders.dataDirectory, (read) => {
      try {
        openRecordRoot(this.#record, read).zeroize();
        return true;
      } catch {
        return false;
      }
    });
  }

  /** How many custodians' shares have been given and are needed; null where no shares open this agent. */
  get shares(): SharesGiven | null {
    return this.#shares?.progress() ?? null;
  }

  /** The set of shares that opens this agent, as it stands on each; null where no shares do. */
  get shareSet(): string | null {
    const { kek } = this;
    return kek.kind === "shares" ? setNameOf(kek) : null;
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
   * @param byItself - Nobody asked for it: a token that warns of a wrong PIN is given none.
   * @throws {@link CustodyError} `E_KEK_FILE`, `E_KEK_PATH`, `E_PASSPHRASE`, `E_KEK`, `E_CUSTODY_RECORD`; {@link HsmError}
   */
  async unseal(passphrase?: string, byItself = false): Promise<void> {
    if (this.#unsealed !== null) return;
    try {
      await this.#openWith(await this.#presentKek(passphrase, byItself));
    } finally {
      if (!this.sealed) this.#shares?.clear();
    }
  }

  /**
   * Takes one custodian's share. The one that completes a quorum opens a sealed agent; an open one keeps them for a change
   * of how it is opened ({@link rekey}). They are in memory only, for a quarter of an hour.
   *
   * @throws {@link CustodyError} `E_SHARES_NEEDED` where no shares open this agent; `E_SHARE_FORM`, `E_UNSEAL_SHARE`,
   * `E_SHARE_GIVEN`, `E_SHARE_WAIT`, `E_KEK`, `E_CUSTODY_RECORD`
   */
  async giveShare(share: ShareText, from = OWN_HOST): Promise<SharesGiven> {
    if (this.#shares === null) throw new CustodyError("E_SHARES_NEEDED", "No shares open this agent.");
    const progress = this.#shares.give(share, from);
    if (progress.given >= progress.needed && this.sealed) await this.unseal();
    return progress;
  }

  /**
   * Protects the root key in another way while the agent goes on: one write of the store, old or new and nothing between.
   *
   * Nothing else changes: copies of the store from before still open with what opened them. The new way is durable, and was
   * seen to open the root key, before the old one goes.
   *
   * @throws {@link CustodyError} `E_SEALED`; `E_PASSPHRASE`, `E_SHARES_NEEDED`, `E_KEK` unless what opens the agent now is
   * given; the codes of `init` for the new way
   */
  async rekey(
    { kek: choice, passphrase, staysInToken = false, ...folders }: Rekey,
    write: WriteRekey,
  ): Promise<KekMade> {
    await this.#requirePresent(passphrase);
    const { kek: before } = this;
    if (staysInToken && choice.kind !== "pkcs11") throw new CustodyError("E_HSM_HELD");
    const made = await establishKek(choice, this.identity.aid, folders);
    let inToken: KeyBefore | null;
    try {
      if (staysInToken && serialOf(made.source) !== serialOf(before)) throw new CustodyError("E_HSM_HELD");
      const { source } = made;
      const onDisk = source.kind === "file" ? readKekFile(source.path, folders.dataDirectory) : made.kek;
      inToken = await this.#replaceBy(made, write, choice.kind === "pkcs11" ? choice.pin : undefined, onDisk);
      onDisk.zeroize();
    } catch (cause) {
      await made.undo?.();
      if (made.path !== undefined) rmSync(made.path, { force: true });
      throw cause;
    } finally {
      made.kek.zeroize();
    }
    return inToken === null ? made : { ...made, inToken };
  }

  /**
   * Makes shares for custodians and changes nothing: what opens the agent goes on doing so until {@link commitShares}.
   *
   * Caller must: hand each share to its custodian, and have it confirmed, before that.
   *
   * @throws {@link CustodyError} `E_SHARES`; as {@link rekey}
   */
  async stageShares({ threshold, passphrase, staysInToken = false }: ShareSplit): Promise<StagedShares> {
    await this.#requirePresent(passphrase);
    if (staysInToken) throw new CustodyError("E_HSM_HELD");
    const kek = KeyEncryptionKey.generate(0);
    try {
      return this.#staged.keep({ kek, ...splitAmongCustodians(kek, this.identity.aid, threshold) });
    } catch (cause) {
      kek.zeroize();
      throw cause;
    }
  }

  /**
   * Has the staged shares open the agent from now on, and only then destroys what did before.
   *
   * @returns the token's key that opened it before; null where none did
   * @throws {@link CustodyError} `E_REKEY_NONE` where none wait under the ticket: nothing is changed
   */
  commitShares(ticket: string, write: WriteRekey): Promise<KeyBefore | null> {
    return this.#replaceBy(this.#staged.get(ticket), write);
  }

  /** Drops staged shares, which then open nothing; those of another ticket stay. */
  cancelShares(ticket: string): void {
    this.#staged.get(ticket);
    this.#staged.drop();
  }

  /** Has `made` open the root key, after it was seen to; what did before is destroyed last. */
  async #replaceBy(
    { kek, source }: Pick<KekMade, "kek" | "source">,
    write: WriteRekey,
    pin?: string,
    opener = kek,
  ): Promise<KeyBefore | null> {
    const { kek: before, hsm } = this;
    const record = encodeCustodyRecord(this.identity, source, kek, this.keys.root);
    const parsed = parseCustodyRecord(record);
    openRecordRoot(parsed, opener).zeroize();
    write(() => this.#store.putSecrets({ custody: record }), before.kind, source.kind);
    this.#record = parsed;
    this.#expectShares();
    const inToken =
      hsm?.forgetKek(this.identity.aid, source.kind === "pkcs11" ? source : { kind: source.kind }) ?? null;
    await hsm?.close();
    // A token that is not there just now is told by its state, and watched: the change has happened.
    if (source.kind === "pkcs11")
      await this.hsm?.openKek(pin, false).then(
        (opened) => opened.zeroize(),
        () => null,
      );
    if (before.kind === "file") wipeFile(before.path);
    return inToken;
  }

  /** Who asks has what opens the agent now. Shares that were given stay, for a next try. */
  async #requirePresent(passphrase: string | undefined): Promise<void> {
    if (this.sealed) throw new CustodyError("E_SEALED");
    const current = await this.#presentKek(passphrase, false);
    try {
      openRecordRoot(this.#record, current).zeroize();
    } finally {
      current.zeroize();
    }
  }

  /**
   * Puts a domain's root key, which another of its agents sent, in the place of this agent's own, under which nothing was
   * kept: one write of the store, old or new and nothing between.
   *
   * Caller must: have checked that it is the root that the roster commits to; hand over the root key.
   *
   * @param backupTo - To whom backups of that domain are sealed, base64url.
   * @param passphrase - Where one opens this agent.
   * @throws {@link CustodyError} `E_SEALED`; `E_PASSPHRASE`, `E_SHARES_NEEDED`, `E_KEK` without what opens this agent
   */
  async adoptRoot(root: RootKey, backupTo: string, passphrase?: string): Promise<void> {
    const { root: own, ...keys } = this.keys;
    const kek = await this.#presentKek(passphrase, false);
    try {
      const identity = identityOf(keys, Buffer.from(backupTo, "base64url"), root.commitment);
      const record = encodeCustodyRecord(identity, this.kek, kek, root);
      this.#store.putSecrets({ ...wrapAgentKeys(root.kek, keys), custody: record });
      this.#record = parseCustodyRecord(record);
      this.#unsealed = { root, ...keys };
      this.#expectShares();
      own.zeroize();
    } finally {
      kek.zeroize();
    }
  }

  /** Forgets what was given and what waits: both are for the record as it was. */
  #expectShares(): void {
    this.#shares?.clear();
    this.#staged.drop();
    const { kek, identity } = this.#record;
    this.#shares = kek.kind === "shares" ? new GivenShares(kek, identity.aid) : null;
  }

  async #openWith(kek: KeyEncryptionKey): Promise<void> {
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
    if (this.#shares === null) return openKek(kek, this.#folders, passphrase);
    const joined = this.#shares.joined();
    if (joined === null) throw new CustodyError("E_SHARES_NEEDED", undefined, { ...this.#shares.progress() });
    return joined;
  }

  /** Wipes the root key, drops every key, and tells those who hold handles of their own. */
  seal(): void {
    const held = this.#unsealed;
    if (held === null) return;
    this.#unsealed = null;
    this.#shares?.clear();
    this.#staged.drop();
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

/** Serial number of the token that a key-encryption key is in. */
function serialOf(source: KekSource): string | null {
  return source.kind === "pkcs11" ? source.kek.serial : null;
}
