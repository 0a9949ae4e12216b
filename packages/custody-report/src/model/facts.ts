import type { Attest, BackupPolicy, ClientStateDocument, KeyStateDocument, Roster } from "@holdfast/protocol";
import type { Declared } from "./bundle.ts";

/** Use of a key within the report's period, as rolled up in the log. */
export type UseFacts = {
  readonly count: number;
  readonly bytes: number;
  readonly clients: number;
  /** Unix seconds, to the minute; null without use. */
  readonly lastAt: number | null;
};

/** A key as the log leaves it. */
export type KeyFacts = {
  readonly id: string;
  /** Null where the evidence does not open the name. */
  readonly label: string | null;
  readonly state: KeyStateDocument;
  /** When its current version was made. */
  readonly versionAt: number;
  /** The entry that last changed it. */
  readonly entry: number;
  /** In the period. */
  readonly use: UseFacts;
  readonly lastUsedAt: number | null;
  readonly releases: number;
};

/** A client application as the log leaves it. */
export type ClientFacts = {
  readonly id: string;
  readonly label: string | null;
  readonly state: ClientStateDocument;
  readonly lastUsedAt: number | null;
};

/** A decision: a command and what became of it. */
export type ChangeFacts = {
  readonly entry: number;
  readonly at: number;
  /** The act, or what became of a command that was not applied: `command.scheduled` and the like. */
  readonly kind: string;
  readonly act: string | null;
  readonly subject: string;
  readonly label: string | null;
  /** Entries it wrote: one a key. */
  readonly count: number;
  /** Labels of those whose approvals were verified again; for a client's request the client's. */
  readonly by: readonly string[];
  /** Labels of those whose rejections were verified again: what was rejected was not carried out. */
  readonly rejectedBy: readonly string[];
  readonly how: "passkey" | "local" | "client" | "date" | "schedule" | "none";
  readonly code: string | null;
  readonly reason: string;
};

/** Something about the agents or the trust itself. */
export type EventFacts = {
  readonly entry: number;
  readonly at: number;
  /**
   * The entry's kind; `roster.learnt` for a `roster` that a restored agent learnt, `limit.given` and `limit.back` for
   * the account of a usage limit.
   */
  readonly kind: string;
  readonly subject: string;
};

/** What the log says of backups. That they were read back and verified is the agent's word. */
export type BackupFacts = {
  /** When the newest was made; null before the first. */
  readonly newestAt: number | null;
  /** Keys that are not destroyed and of which no backup holds all. */
  readonly unbacked: number;
  /** What administrators decided; null while agents make none by themselves. */
  readonly policy: BackupPolicy | null;
  /** Whether a new key is answered for only when a backup holds it. */
  readonly holdsNewKeys: boolean;
};

/** Everything a report says, derived from verified evidence alone. */
export type Facts = {
  readonly tid: string;
  readonly words: readonly string[];
  readonly made: number;
  readonly period: { readonly from: number; readonly to: number };
  readonly roster: Roster;
  readonly rosterLinks: number;
  readonly rosterHash: string;
  /** Whether a local administrator stands in for passkey approvals. */
  readonly local: boolean;
  readonly domain: { readonly locked: boolean; readonly recovering: boolean };
  readonly backup: BackupFacts;
  readonly keys: readonly KeyFacts[];
  readonly clients: readonly ClientFacts[];
  /** In the period. */
  readonly changes: readonly ChangeFacts[];
  /** In the period. */
  readonly events: readonly EventFacts[];
  /** In the period: refused commands that had an approval. */
  readonly refusals: number;
  readonly attest: Attest;
  readonly declared: Declared;
  readonly signer: { readonly aid: string; readonly label: string; readonly fingerprint: string };
  readonly log: {
    readonly size: number;
    readonly root: string;
    readonly firstAt: number;
    readonly lastAt: number;
    readonly cosignatures: readonly { readonly name: string; readonly time: number }[];
  };
};
