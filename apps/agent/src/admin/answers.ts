import type { BackupPolicy, GrantOperation, GrantSelector, ImportedKey, PolicyRule } from "@holdfast/protocol";
import type { ReplacementKeyAsked } from "../introductions/read-replacement-key.ts";

/** What the administration socket answers; the command line prints these. Metadata only, but for issued files. */
export interface StatusAnswer {
  name: string;
  aid: string;
  tid: string | null;
  words: string[] | null;
  sealed: boolean;
  locked: boolean;
  recovering: boolean;
  /** True when a local administrator stands in for passkey approvals. */
  local: boolean | null;
  size: number | null;
  root: string | null;
  roster: { seq: number; hash: string; notAfter: number } | null;
  /** A restored agent that nobody has accepted: the roster that its backup knew, and the newest that it has learnt of; null otherwise. */
  restored: { knew: { seq: number; issued: number }; now: { seq: number; issued: number } } | null;
  /** Changes of administrators and rules that wait; null while sealed and before genesis. */
  links: { hash: string; seq: number; kind: string; status: string; due: number | null }[] | null;
  /** What its clock says, Unix seconds, what it goes by, and why not by its clock; null while sealed and before genesis. */
  clock: { wall: number; believed: number; alarm: "ahead" | "behind" | null } | null;
  /** Acts that this host refuses whoever approves them. */
  denied: string[];
  kek: string;
  /** The token that the key-encryption key is in; null where it is in none. */
  hsm: {
    state: "present" | "gone" | "closed";
    /** Why it is not present, the code of the last refusal. */
    code: string | null;
    label: string;
    serial: string;
    model: string;
    firmware: string;
    mechanisms: string[];
    /** What the token says of its PIN: a wrong one was given, one try is left, none is. */
    pinWarning: "low" | "final" | "locked" | null;
    /** Keys that are in the token and in no backup; null while sealed. */
    keys: number | null;
    /** Objects that are to be removed from the token when it is there. */
    unsettled: number;
    /** Whether nobody has to come to start the agent. */
    unattended: boolean;
  } | null;
  /** Custodians' shares given and needed; null where none open this agent. */
  shares: { given: number; needed: number; of: number } | null;
  /** The set that those shares are of, as it stands on each; null where none open this agent. */
  shareSet: string | null;
  linked: {
    gateway: string;
    /** When the control plane last did what it was asked. */
    connectedAt: number | null;
    /** Why it is not to be had now, `reason` being its own code where it refused; null while it answers. */
    fault: { code: string; reason: string | null; since: number } | null;
  } | null;
  urls: { rest: string | null; kmip: string | null; page: string | null; metrics: string | null };
  /** Null while sealed and before genesis: not known then. */
  counts: { keys: number; clients: number; pending: number; locked: number } | null;
  /** Keys that no backup holds. */
  unbacked: number | null;
  lastBackupAt: number | null;
  /** What the agent does about backups by itself; null while sealed and before genesis. */
  backups: {
    /** As administrators decided it; null: by hand only. */
    policy: BackupPolicy | null;
    ackNewKey: "local" | "backup";
    places: {
      name: string;
      where: string;
      /** The newest backup there that was read back and verified. */
      newestAt: number | null;
      failingSince: number | null;
      code: string | null;
      /** In one word why. */
      fault: string | null;
    }[];
  } | null;
  witnessedAt: number | null;
  /** Who else remembers the log; null while sealed and before genesis. */
  witnesses: WitnessView[] | null;
  /** A restored log: somebody saw more of it, which accepting the restore would give up. */
  ahead: { size: number; from: string } | null;
  /** Where an older state was put in place: every signed head that it lacks, smallest first; null otherwise. */
  lost: { heads: { size: number; root: string; from: string }[]; forked: boolean; found: string } | null;
  /** How the disk under the store behaved since the start. */
  disk: { failures: number; failedAt: number | null; doubtfulSince: number | null };
  /** Two signed statements that cannot both be honest, kept in the data folder. */
  evidence: { code: string; at: number; from: string; size: number }[];
  /** When certificates end, Unix seconds; null while sealed and before genesis. */
  certificates: {
    authority: number;
    /** By listener. */
    listeners: Record<string, number>;
    /** Whether the listeners' certificate was installed from another authority. */
    installed: boolean;
    /** The next client's; null without one that has not ended. */
    nextClient: number | null;
    /** Clients whose certificate ends within 30 days, or has ended. */
    clientsWithin30Days: number;
  } | null;
  claim: "none" | "open" | "used" | "registered" | "done";
  version: string;
}

/** How one witness stands. */
export interface WitnessView {
  name: string;
  vkey: string;
  /** Where it answers; null for one that this host has no address of. */
  url: string | null;
  /** Whether administrators named it: then every reader of a report counts it. */
  named: boolean;
  cosignedAt: number | null;
  cosignedSize: number | null;
  /** Whether it owes a cosignature for longer than it should. */
  silent: boolean;
  fault: string | null;
  /** Whether it vouched for two histories. */
  equivocated: boolean;
  /** Whether it says itself that it is broken. */
  broken: boolean;
}

/** What a signed head that was found elsewhere says of this log. */
export interface CompareAnswer {
  kind: "own" | "ahead" | "fork" | "vouched" | "worthless";
  size: number;
  /** Entries here. */
  own: number;
  /** Whether changes are locked now. */
  locked: boolean;
}

/** The witnesses, and by which keys they know this log. */
export interface WitnessesAnswer {
  logKeys: string[];
  witnesses: WitnessView[];
}

/** A change of administrators and rules that waits, as the socket shows it. */
export interface LinkView {
  readonly hash: string;
  /** `recover` is signed by replacement keys. */
  readonly kind: "update" | "recover";
  readonly seq: number;
  readonly words: string[];
  readonly status: string;
  /** Approvals under the roster in force, and under the one that it brings. */
  readonly old: { readonly have: number; readonly need: number };
  readonly new: { readonly have: number; readonly need: number };
  readonly approvals: { readonly label: string; readonly at: number }[];
  /** What it does, in plain words. */
  readonly changes: { readonly kind: string; readonly text: string }[];
  readonly delay: { readonly delaySec: number; readonly reason: string };
  /** When it is in force by itself, Unix seconds by the running time. */
  readonly due: number | null;
  /** Whether somebody's no still ends it; who can end it and how, or that nobody can. */
  readonly mayObject: boolean;
  readonly stop: { readonly what: string; readonly next: string };
  /** Until when it can be accepted. */
  readonly exp: number;
  readonly dryRun: { readonly ok: boolean; readonly code?: string; readonly what?: string; readonly next?: string };
  readonly approveUrl: string | null;
}

/** Who administers the domain, and by which rules. */
export interface RosterAnswer {
  readonly seq: number;
  readonly hash: string;
  readonly words: readonly string[];
  readonly notAfter: number;
  readonly administrators: {
    readonly adm: string;
    readonly label: string;
    readonly groups: string[];
    readonly passkeys: { readonly credId: string; readonly channel: string; readonly origin: string | null }[];
  }[];
  readonly policy: PolicyRule[];
  readonly recovery: {
    readonly keys: number;
    readonly m: number;
    readonly delaySec: number;
    /** The keys' names, as they stand on their sheets. */
    readonly names: readonly string[];
  };
  readonly agents: { readonly aid: string; readonly label: string }[];
  readonly witnesses: string[];
  readonly links: LinkView[];
  /** Places for which a second change came that a quorum had signed as well; `learnt` where the one in force was learnt after a restore. */
  readonly conflicts: { readonly seq: number; readonly hash: string; readonly learnt: boolean }[];
}

/** What a replacement key that is made at the command line has to sign, and the word that brings it. */
export interface ReplacementKeyBegun extends ReplacementKeyAsked {
  readonly invitation: string;
}

/** What became of a change of administrators and rules. */
export interface LinkAnswer {
  readonly hash: string;
  readonly outcome: string;
  /** Approvals under the roster in force. */
  readonly have: number;
  readonly need: number;
  readonly code?: string;
  readonly what?: string;
  readonly next?: string;
  readonly leaf?: number;
  readonly due?: number;
  readonly changes: { readonly kind: string; readonly text: string }[];
  readonly approveUrl: string | null;
}

/** Use in the last 30 days: of a key by a client, or by a client of a key. */
export interface RecentUse {
  readonly id: string;
  readonly label: string;
  readonly lastAt: number;
  readonly count: number;
}

/** What ending a key or a client means: said before it is asked for. */
export interface ConsequencesAnswer {
  readonly label: string;
  /** In plain words, what stops. */
  readonly lines: readonly string[];
  /** Who used the key, or which keys the client used, in the last 30 days. */
  readonly recent: readonly RecentUse[];
  /** Whether asking carries it out at once, without anybody else. */
  readonly atOnce: boolean;
  /** Whether nothing brings it back. */
  readonly isFinal: boolean;
}

export interface KeyView {
  keyId: string;
  label: string;
  group: string;
  aliases: string[];
  algorithm: string;
  /** Which half of a key pair it is, and the other one's id where that is known; null for a key by itself. */
  half: { of: "private" | "public"; other: string | null } | null;
  usage: string[];
  extractable: boolean;
  /** Where its material is: wrapped in the domain's store, or in the token, which it never leaves. */
  store: "domain" | "hsm";
  /** Names under which another system knew it. */
  foreign: string[];
  /** Made here, or brought in. */
  origin: "made" | "registered";
  /** Whether its current version is known to a former holder: until it is rotated. */
  known: boolean;
  state: string;
  version: number;
  kcv: string | null;
  owner: string;
  created: number;
  destroyDue: number | null;
  locked: string | null;
  names: string[];
  /** Custom attributes, by name. */
  attributes: Record<string, string>;
  /** Since when it is suspended, also where it was retired or exposed since. */
  suspended: number | null;
  /** What was planned for it, Unix seconds; null where nothing was. */
  planned: {
    activation: number | null;
    processStart: number | null;
    protectStop: number | null;
    deactivation: number | null;
  };
  /** How much it protects in all, and how much of that is spent and left; null without a limit. */
  limit: { unit: "byte" | "object"; total: number; spent: number; remaining: number } | null;
  periods: {
    /** What SP 800-57 calls such a key, and the longest periods it advises, in seconds. */
    advised: { keyType: string; originatorSec: number; recipientSec: number | null; clause: string } | null;
    /** When the current version protects nothing any more, Unix seconds. */
    originatorEnd: number | null;
    /** When the current version opens nothing any more, Unix seconds. */
    recipientEnd: number | null;
    rotationDue: number | null;
    /** Whether clients have to rotate it: they made it or hold its material. */
    heldByClients: boolean;
  };
  schedules: { does: string; everySec: number; next: number; n: number; unusedSec: number | null }[];
  /** Use in the last 30 days, by client, newest first. */
  usedBy: RecentUse[];
  versions: { version: number; state: string; created: number; kcv: string | null }[];
}

/** The domain's own authority, and how far a change to a new one has come. */
export interface AuthorityAnswer {
  phase: "begun" | "switched" | "finished";
  trusted: { number: number; notAfter: number; certificate: string }[];
  /** What applications trust the listeners by, PEM: `ca.crt`. */
  trust: string;
  /** Clients whose certificate is of an authority before the newest. */
  clients: { clientId: string; label: string; lastUsedAt: number | null }[];
}

export interface ClientView {
  clientId: string;
  label: string;
  state: string;
  auth: string;
  /** Where its certificates come from, if not from the agent. */
  certifiedBy?: "company";
  spki: string;
  /** Keys before renewals that are still good, each until Unix seconds. */
  earlier: { spki: string; until: number }[];
  grants: { ops: GrantOperation[]; keys: GrantSelector }[];
  created: number;
  notAfter: number;
  lastUsedAt: number | null;
  locked: string | null;
  /** Of an enrolment secret: what it lets in, and how many came so far. `until` of the client is its own end. */
  permit?: { most: number; issued: number; networks: string[]; validitySec: number; renewable: boolean };
  /** The enrolment secret by which it came. */
  cameBy?: string;
  /** While one authority takes over from another: which of them issued the client's certificate. */
  authority?: "older" | "newest";
}

/** A file the agent hands out once: base64 of its bytes. */
export interface IssuedFile {
  name: string;
  mediaType: string;
  base64: string;
}

/** Asks the agent to carry out one act of the protocol. `key` and `client` are an id, an alias or a unique name. */
export interface ActRequest {
  act: string;
  key?: string;
  client?: string;
  args: Record<string, unknown>;
  reason: string;
  wait: boolean;
}

export interface ActAnswer {
  hash: string;
  outcome: "applied" | "pending" | "scheduled" | "refused" | "cancelled" | "expired";
  code?: string;
  what?: string;
  next?: string;
  have: number;
  need: number;
  approveUrl: string | null;
  /** Unix seconds at which a scheduled act runs, by the agent's running time. */
  due?: number;
  keys?: KeyView[];
  client?: ClientView;
  files?: IssuedFile[];
}

/** An open import. */
export interface ImportView {
  importId: string;
  form: string;
  most: number;
  exp: number;
}

/** Sealed keys that wait for a command. */
export interface ReceivedView {
  /** How a command names them. */
  reference: string;
  /** To be read out to whoever approves. */
  words: string[];
  /** Of the sealed bytes, as whoever sealed them sees them. */
  sealedWords: string[];
  importId: string;
  items: ImportedKey[];
}

/** An invitation for one newcomer; `url` is given out this once. */
export interface InvitationAnswer {
  id: string;
  kind: string;
  label: string;
  url: string;
  expiresAt: number;
}

/** Where an administrator who lost every passkey makes others. */
export interface RecoveryInvited {
  adm: string;
  label: string;
  /** Names the invitation and opens nothing. */
  inviteId: string;
  url: string;
  expiresAt: number;
}

/** What a newcomer gave to the agent. */
export interface IntroductionView {
  hash: string;
  /** How a command names it. */
  reference: string;
  kind: string;
  label: string;
  by: "page" | "cli";
  issued: number;
  until: number;
  facts: { name: string; value: string }[];
}

/** The same for whoever gave it, with the words to read out to the approvers. */
export interface TakenAnswer extends IntroductionView {
  words: string[];
}

export interface RegistrationAnswer {
  state: "none" | "waiting" | "done" | "refused";
  credential?: { label: string; credId: string; aaguid: string; proved: boolean };
  origin?: string;
  gateway?: string;
  witness?: string;
  words?: string[];
}

/** One thing `doctor` looked at. */
export interface DoctorCheck {
  name: string;
  result: "good" | "warning" | "bad";
  what: string;
  next?: string;
}

/** One step on the way to production: what is so, or what is not yet and how to do it. */
export interface ProductionStep {
  done: boolean;
  what: string;
  next?: string;
}

/** Who holds shares of backups, and how well that works. */
export interface EscrowAnswer {
  /** How many shares open a backup; 0 while there are no custodians. */
  k: number;
  /** Whether the recovery file alone opens new backups as well. */
  recoveryFile: boolean;
  custodians: { seat: string; label: string; routes: string[]; drilledAt: number | null }[];
  /** Backups with custodians that the log records, oldest first. */
  backups: { at: number; hash: string; k: number; n: number; drillsLeft: number; reescrowDue: boolean }[];
  /** Backups of which somebody holds a share who should not any more, or whose number of shares is another. */
  reescrowDue: number;
}
