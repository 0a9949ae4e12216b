import { HoldfastError } from "@holdfast/protocol";

/** Why custody refused. Part of the API: docs/spec/errors.md. `E_KEK` and `E_BACKUP_OPEN` never say which part was wrong. */
export type CustodyErrorCode =
  | "E_SEALED"
  | "E_KEK"
  | "E_KEK_FILE"
  | "E_KEK_PATH"
  | "E_PASSPHRASE"
  | "E_PASSPHRASE_WEAK"
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
  | "E_RESTORE_TARGET";

const SENTENCES: Readonly<Record<CustodyErrorCode, string>> = {
  E_SEALED: "The agent is sealed.",
  E_KEK: "The key-encryption key does not open this agent's root key.",
  E_KEK_FILE: "The key-encryption key's file is missing, readable by others, a link, or not such a file.",
  E_KEK_PATH: "The key-encryption key must lie outside the data folder.",
  E_PASSPHRASE: "A passphrase is needed.",
  E_PASSPHRASE_WEAK: "A passphrase has at least 12 characters.",
  E_CUSTODY_RECORD: "The store holds no readable custody record.",
  E_INITIALISED: "This data folder already has an agent.",
  E_RECOVERY_FILE: "The recovery file is missing or not such a file.",
  E_RECOVERY_OPEN: "The passphrase does not open the recovery file.",
  E_BACKUP_FILE: "The backup file cannot be read or written there.",
  E_BACKUP_FORM: "The file is not a backup of this form.",
  E_BACKUP_DIGEST: "The backup's content is not what its manifest names.",
  E_BACKUP_SIGNATURE: "The backup's manifest is not signed by the agent it names.",
  E_BACKUP_OPEN: "The recovery key does not open this backup.",
  E_BACKUP_CONTENT: "The backup opens, but its content does not belong together.",
  E_RESTORE_TARGET: "A backup is restored into a data folder that holds no agent.",
};

/** Every refusal of custody. `detail` holds paths, sizes and ids, never secrets. */
export class CustodyError extends HoldfastError<CustodyErrorCode> {
  readonly code: CustodyErrorCode;
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(code: CustodyErrorCode, message?: string, detail: Readonly<Record<string, string | number>> = {}) {
    super(message ?? SENTENCES[code]);
    this.name = "CustodyError";
    this.code = code;
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
