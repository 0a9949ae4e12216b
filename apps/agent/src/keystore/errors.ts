import { HoldfastError } from "@holdfast/protocol";

/**
 * Why the agent's own state could not be read, believed or written. Part of the API: docs/spec/errors.md.
 *
 * `E_STATE_MAC` and `E_STATE_ROLLBACK` lock one object; `E_LOG_CORRUPT` and `E_LOG_ROLLBACK` stop all writes.
 */
export type StoreErrorCode =
  | "E_SEALED"
  | "E_STORE"
  | "E_DATA_SERVED"
  | "E_STORE_FORM"
  | "E_NOT_FOUND"
  | "E_STATE_MAC"
  | "E_STATE_ROLLBACK"
  | "E_LOG_CORRUPT"
  | "E_LOG_ROLLBACK"
  | "E_RECOVERING"
  | "E_GENESIS"
  | "E_JOINED"
  | "E_CLAIM"
  | "E_LOCAL_ADMIN"
  | "E_SCHEMA";

const SENTENCES: Readonly<Record<StoreErrorCode, string>> = {
  E_SEALED: "The agent is sealed.",
  E_STORE: "The store did not confirm the change: nothing was handed out for it.",
  E_DATA_SERVED: "Another process serves this data folder.",
  E_STORE_FORM: "The store holds tables, triggers or views that this program did not make, or lacks some that it made.",
  E_NOT_FOUND: "There is no such object.",
  E_STATE_MAC: "A stored row is not one that this agent wrote.",
  E_STATE_ROLLBACK: "A stored row is not the newest one that the custody log names.",
  E_LOG_CORRUPT: "The custody log does not match its signed checkpoint.",
  E_LOG_ROLLBACK: "The store is older than the last signed checkpoint.",
  E_RECOVERING: "The agent is recovering and changes nothing.",
  E_GENESIS: "The domain's genesis is missing, already written or does not verify.",
  E_JOINED: "This key server joined an environment that another one serves.",
  E_CLAIM: "The claim is unknown, used or too old.",
  E_LOCAL_ADMIN: "Only a standalone domain has a local administrator.",
  E_SCHEMA: "What was given has not the form it must have.",
};

/** What a person can do about each. */
const NEXT: Readonly<Record<StoreErrorCode, string>> = {
  E_SEALED: "Unseal it: `holdfast-agent unseal`.",
  E_STORE:
    "Check the data folder, its permissions and the disk, and whether the change stands; then try again. `holdfast-agent doctor` says more.",
  E_DATA_SERVED: "Stop that process first, or use it through its socket: `holdfast-agent status`.",
  E_STORE_FORM: "Nothing was run or written. Find out who changed the store; restore a backup made before.",
  E_NOT_FOUND: "List what there is: `holdfast-agent key list`, `client list`.",
  E_STATE_MAC: "Find out who changed the store; restore a backup.",
  E_STATE_ROLLBACK: "Find out who put an older store back; restore a backup.",
  E_LOG_CORRUPT:
    "Keep the disk as evidence and find out who changed it (`holdfast-agent audit verify` says which entries); then restore a backup.",
  E_LOG_ROLLBACK:
    "Put the newest data folder back, and start; if it is gone for good, restore a newer backup on a new folder, or see `holdfast-agent log accept-loss`.",
  E_RECOVERING: "Accept the restored state: `holdfast-agent restore accept`.",
  E_JOINED:
    "It keeps the root key and serves no keys in this version (`holdfast-agent witness serve` has it witness the log): serve the key server that founded the environment. For one of its own, make a new folder: `holdfast-agent init --data NEW_FOLDER`.",
  E_GENESIS: "See `holdfast-agent status`; before there is a domain, `holdfast-agent claim` begins its registration.",
  E_CLAIM: "Make a new address: `holdfast-agent claim`.",
  E_LOCAL_ADMIN: "Make an agent without --standalone and register its administrator at its page.",
  E_SCHEMA: "Copy it whole, and try again.",
};

/** Every refusal of keystore, custody log and roster. `detail` holds ids and sizes only. */
export class StoreError extends HoldfastError<StoreErrorCode> {
  readonly code: StoreErrorCode;
  /** The next step of the person who sees it. */
  readonly next: string;
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(
    code: StoreErrorCode,
    message?: string,
    detail: Readonly<Record<string, string | number>> = {},
    next: string = NEXT[code],
  ) {
    super(message ?? SENTENCES[code]);
    this.name = "StoreError";
    this.code = code;
    this.next = next;
    this.detail = detail;
  }
}
