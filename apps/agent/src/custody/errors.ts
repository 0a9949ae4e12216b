import { HoldfastError } from "@holdfast/protocol";

/** Why custody refused. Part of the API: docs/spec/errors.md. `E_KEK` and `E_BACKUP_OPEN` never say which part was wrong. */
export type CustodyErrorCode =
  | "E_SEALED"
  | "E_KEK"
  | "E_KEK_FILE"
  | "E_KEK_PATH"
  | "E_KEK_PLACE"
  | "E_REKEY_NONE"
  | "E_HSM_HELD"
  | "E_PASSPHRASE"
  | "E_PASSPHRASE_WEAK"
  | "E_CREDENTIAL"
  | "E_SHARES"
  | "E_SHARES_NEEDED"
  | "E_SHARE_FORM"
  | "E_UNSEAL_SHARE"
  | "E_SHARE_GIVEN"
  | "E_SHARE_WAIT"
  | "E_CUSTODY_RECORD"
  | "E_INITIALISED"
  | "E_RECOVERY_FILE"
  | "E_RECOVERY_OPEN"
  | "E_BACKUP_FILE"
  | "E_BACKUP_FORM"
  | "E_BACKUP_DIGEST"
  | "E_BACKUP_SIGNATURE"
  | "E_BACKUP_OPEN"
  | "E_BACKUP_CONTENT"
  | "E_BACKUP_POLICY"
  | "E_BACKUP_PLACE"
  | "E_BACKUP_ACCESS"
  | "E_BACKUP_READBACK"
  | "E_BACKUP_MISSING"
  | "E_BACKUP_ESCROWED"
  | "E_SHARE"
  | "E_RELEASE"
  | "E_DRILL"
  | "E_RESTORE_TARGET";

const SENTENCES: Readonly<Record<CustodyErrorCode, string>> = {
  E_SEALED: "The agent is sealed.",
  E_KEK: "The key-encryption key does not open this agent's root key.",
  E_KEK_FILE: "The key-encryption key's file is missing, readable by others, a link, or not such a file.",
  E_HSM_HELD: "Keys are kept in the token that opens this agent; another way of unsealing would cut them off.",
  E_KEK_PATH: "The key-encryption key must lie outside the data folder.",
  E_KEK_PLACE: "The key-encryption key's file cannot be made there.",
  E_REKEY_NONE: "No shares wait to take effect: what opens the agent is as it was.",
  E_PASSPHRASE: "A passphrase is needed.",
  E_PASSPHRASE_WEAK: "A passphrase has at least 12 characters.",
  E_CREDENTIAL: "The service manager did not give this process its key-encryption key.",
  E_SHARES: "Shares are 2 to 16, and 2 of them or more are needed.",
  E_SHARES_NEEDED: "The custodians' shares are needed.",
  E_SHARE_FORM: "This is not a share: its number and 24 words.",
  E_UNSEAL_SHARE: "This share is not one of this agent's.",
  E_SHARE_GIVEN: "This share has been given already.",
  E_SHARE_WAIT: "Too many wrong shares were given.",
  E_CUSTODY_RECORD: "The store holds no readable custody record.",
  E_INITIALISED: "This data folder already has an agent.",
  E_RECOVERY_FILE: "The recovery file is missing or not such a file.",
  E_RECOVERY_OPEN: "The recovery file does not open: the passphrase is another one, or the file is damaged.",
  E_BACKUP_FILE: "The backup file cannot be read or written there.",
  E_BACKUP_FORM: "The file is not a backup of this form.",
  E_BACKUP_DIGEST: "The backup's content is not what its manifest names.",
  E_BACKUP_SIGNATURE: "The backup's manifest is not signed by the agent it names.",
  E_BACKUP_OPEN: "The recovery key does not open this backup.",
  E_BACKUP_CONTENT: "The backup opens, but its content does not belong together.",
  E_BACKUP_POLICY: "No policy says where backups go.",
  E_BACKUP_PLACE: "The backups' destination cannot be reached, or does not take the file.",
  E_BACKUP_ACCESS:
    "The file that opens the backups' destination is missing, readable by others, a link, or not such a file.",
  E_BACKUP_MISSING: "The newest backup is not at its destination any more, or not whole.",
  E_BACKUP_READBACK: "What the destination gives back is not the backup that was written.",
  E_BACKUP_ESCROWED: "The recovery file does not open this backup: its custodians' shares do.",
  E_SHARE: "This custodian's share does not open this backup.",
  E_RELEASE: "Administrators have not approved this release yet.",
  E_DRILL: "There is no such drill to answer.",
  E_RESTORE_TARGET: "A backup is restored into a data folder that holds no agent.",
};

const SAME_BACKUP = "Take another copy of the backup; this one was damaged or changed.";

/** What a person can do about each. */
const NEXT: Readonly<Record<CustodyErrorCode, string>> = {
  E_SEALED: "Unseal it: `holdfast-agent unseal`.",
  E_KEK: "Use the file or passphrase that this very agent was made with; nothing was changed.",
  E_KEK_FILE: "Put the file back where `init` said it is, owned by the agent's user, mode 0600.",
  E_HSM_HELD: "Make new keys in the store and destroy those in the token first, or name the same token.",
  E_KEK_PATH: "Name a path outside the data folder: whoever copies that folder must not get the key with it.",
  E_KEK_PLACE:
    "Name a new file in a folder that is there and that only its owner can write; a file that exists is never replaced.",
  E_REKEY_NONE: "Run `holdfast-agent rekey` again: it makes other shares. Destroy those that were made before.",
  E_PASSPHRASE: "Give it at the terminal, with --passphrase-file or with --passphrase-fd.",
  E_PASSPHRASE_WEAK: "Choose a longer one.",
  E_CREDENTIAL:
    "Start it by the unit that has LoadCredential= or LoadCredentialEncrypted= with this name (docs/operate/unseal.md).",
  E_SHARES: "Write it as shares:2of3.",
  E_SHARES_NEEDED: "Each custodian gives one: `holdfast-agent unseal`.",
  E_SHARE_FORM: "Type it as it was written down, number first; a misspelt word is named by its place.",
  E_UNSEAL_SHARE: "See that it is of this agent and of its newest set of shares.",
  E_SHARE_GIVEN: "Another custodian gives theirs.",
  E_SHARE_WAIT: "Wait, then give the right one; elsewhere it can be given now.",
  E_CUSTODY_RECORD: "Restore a backup into a new data folder.",
  E_INITIALISED: "Serve that agent, or name another folder with --data.",
  E_RECOVERY_FILE: "Name the recovery file that `init` made, with --recovery.",
  E_RECOVERY_OPEN:
    "Check the passphrase that `init` showed for the recovery file; if it is right, take another copy of the file.",
  E_BACKUP_FILE: "Check the path, its permissions and the disk; a file that exists is never replaced.",
  E_BACKUP_FORM: "Name a file that `backup create` made.",
  E_BACKUP_DIGEST: SAME_BACKUP,
  E_BACKUP_SIGNATURE: SAME_BACKUP,
  E_BACKUP_OPEN: "Use the recovery file of the agent that made this backup.",
  E_BACKUP_CONTENT: SAME_BACKUP,
  E_BACKUP_POLICY: "Set one: `holdfast-agent backup policy --directory PATH`, or name a file with --out.",
  E_BACKUP_PLACE: "See the fault beside it, then `holdfast-agent backup create`; it is tried again by itself.",
  E_BACKUP_ACCESS: "Put the file where the policy says, owned by the agent's user, mode 0600.",
  E_BACKUP_MISSING:
    "A new one is made there by itself. Find out who or what removed it: a rule that deletes, a disk, a person.",
  E_BACKUP_READBACK: "Do not trust that destination; name another one. It is tried again by itself.",
  E_BACKUP_ESCROWED: "Restore it with its custodians: `holdfast-agent escrow release FILE --data DIR`.",
  E_SHARE: "Have this custodian give it again for this very release, or ask another one.",
  E_RELEASE: "Let them approve it at the key server's page first; custodians come after.",
  E_DRILL: "Begin one: `holdfast-agent backup drill FILE`.",
  E_RESTORE_TARGET: "Name an empty or new folder with --data.",
};

/** Every refusal of custody. `detail` holds paths, sizes and ids, never secrets. */
export class CustodyError extends HoldfastError<CustodyErrorCode> {
  readonly code: CustodyErrorCode;
  /** The next step of the person who sees it. */
  readonly next: string;
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(
    code: CustodyErrorCode,
    message?: string,
    detail: Readonly<Record<string, string | number>> = {},
    next: string = NEXT[code],
  ) {
    super(message ?? SENTENCES[code]);
    this.name = "CustodyError";
    this.code = code;
    this.next = next;
    this.detail = detail;
  }
}

/** The refusal for whatever went wrong with a file: errors of ours as they are, those of the system by their name. */
export function asCustodyError(cause: unknown, code: CustodyErrorCode, path: string): HoldfastError<string> {
  if (cause instanceof HoldfastError) return cause;
  const fault = (cause as { code?: unknown } | null)?.code;
  return Object.assign(
    new CustodyError(code, undefined, { path, fault: typeof fault === "string" ? fault : "unknown" }),
    { cause },
  );
}
