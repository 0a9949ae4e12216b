import type { Roster } from "@holdfast/protocol";
import type { ModelClock } from "./model-clock.ts";

/** A key as the model has it. */
export interface ModelKey {
  readonly id: string;
  label: string;
  group: string;
  readonly extractable: boolean;
  readonly alias: string | null;
  /** Names under which another system knew it. */
  readonly foreign: readonly string[];
  /** The newest version that came by an import; absent where the agent made all. */
  readonly brought?: number;
  state: string;
  versions: { state: string; created: number }[];
  /** The entry that last changed what a loosening command names. */
  head: number;
  /** The command that waits its delay for it. */
  scheduled: string | null;
  schedules: ModelSchedule[];
  dates: Record<string, number>;
}

/** What the agent does with a key by itself. */
export interface ModelSchedule {
  readonly id: string;
  readonly does: string;
  readonly everySec: number;
  next: number;
  n: number;
}

/** What is said of a key that is brought in. */
export interface ModelImportedKey {
  readonly label: string;
  readonly group: string;
  readonly extractable: boolean;
  readonly alias?: string;
  readonly foreign?: readonly string[];
  readonly versions?: readonly number[];
  readonly [more: string]: unknown;
}

/** Sealed keys that the agent took in, until they are over. */
export interface ModelIntroduction {
  readonly importId: string;
  readonly items: readonly ModelImportedKey[];
  readonly fault: "E_IMPORT_OPEN" | "E_IMPORT_WEAK" | null;
  readonly issued: number;
  readonly until: number;
}

/** A client as the model has it: an application, or a secret that lets applications in. */
export interface ModelClient {
  readonly label: string;
  readonly state: string;
  readonly auth: { readonly kind: "mtls" | "permit"; readonly permit?: string };
  /** The identity of its key; null where the agent made that. */
  readonly spki: string | null;
  readonly grants: readonly unknown[];
  readonly permit?: {
    readonly most: number;
    readonly networks: readonly string[];
    readonly validitySec: number;
    readonly renewable: boolean;
  };
  readonly created: number;
  readonly notAfter: number;
  readonly limit?: number;
  readonly revoked?: number;
  /** The entry that last named it. */
  readonly head: number;
}

/** An administrator's passkey, and how much it counts for. */
export interface ModelCredential {
  readonly adm: string;
  readonly groups: readonly string[];
  readonly hosted: boolean;
}

/** The rule for an act. */
export interface ModelRule {
  readonly m: number;
  readonly delaySec: number;
  readonly maxTtlSec: number;
  readonly groups?: readonly string[];
  readonly noSelf?: boolean;
}

/** A command as it was proposed. */
export interface ModelCommand {
  readonly hash: string;
  readonly tid: string;
  readonly act: string;
  readonly target: { readonly kind: "key" | "client"; readonly id: string; label: string; group?: string } | null;
  // biome-ignore lint/suspicious/noExplicitAny: arguments of every act
  readonly args: any;
  readonly expect: { readonly head: number; readonly state?: string; readonly version?: number } | null;
  readonly roster: string;
  readonly issued: number;
  readonly exp: number;
  readonly proposer: string | null;
}

/** A decision: by which passkey, what, over which commands, and what is wrong with it. */
export interface ModelApproval {
  readonly credId: string;
  readonly decision: number;
  readonly list: readonly string[];
  /** The code that its verification ends with; null for one that verifies. */
  readonly wrong: string | null;
}

/** An envelope on its way. */
export interface ModelEnvelope {
  readonly command: ModelCommand;
  readonly approvals: readonly ModelApproval[];
  readonly proposal: ModelApproval | null;
}

/** What a link of the roster does. */
export const LINK_KINDS = ["remove", "renew", "keys", "recover"] as const;

/**
 * A link of the roster: one passkey goes, at once; the roster lasts longer, or recovery has other rules, after a delay; recovery
 * keys take a passkey away, after theirs.
 */
export interface ModelLink {
  readonly hash: string;
  readonly kind: (typeof LINK_KINDS)[number];
  readonly seq: number;
  readonly prev: string;
  readonly issued: number;
  readonly acceptBy: number;
  readonly notAfter: number;
  readonly credentials: Map<string, ModelCredential>;
  readonly need: number;
  /** How long it waits; the second before the domain's first key. */
  readonly delaySec: number;
  readonly delayBefore: number;
  readonly document: Roster;
}

/** A roster that is or was in force. */
export interface ModelRoster {
  readonly hash: string;
  readonly notAfter: number;
  readonly credentials: Map<string, ModelCredential>;
  readonly document: Roster;
}

/** What became of a command, in answers and receipts. */
export interface ModelAnswer {
  readonly outcome: string;
  readonly code?: string;
}

/** A domain: everything that an agent's store and memory come to. */
export interface ModelState {
  readonly tid: string;
  clock: ModelClock;
  roster: { hash: string; notAfter: number };
  /** The chain, genesis first. */
  rosters: ModelRoster[];
  /** Links that wait for approvals or for their delay. */
  links: Map<
    string,
    { link: ModelLink; approvals: readonly ModelApproval[]; wait: { acceptedAt: number; due: number } | null }
  >;
  decidedLinks: Map<string, string>;
  /** Places at which an administrator objected to a recovery. */
  vetoed: Set<number>;
  credentials: Map<string, ModelCredential>;
  policy: Map<string, ModelRule>;
  locked: boolean;
  recovering: boolean;
  /** The store is older than what was signed: nothing is written but that people give that up. */
  rolledBack: boolean;
  /** What was signed and is not here; nothing unless the store is older. */
  lost: readonly { readonly size: number; readonly root: string }[];
  /** What the agent drew when it found that, which is the host's to read. */
  found: string;
  /** Commands about that which somebody rejected since: nothing can be written, and a start forgets them with `found`. */
  rejected: Set<string>;
  legacy: readonly string[];
  keys: Map<string, ModelKey>;
  clients: Map<string, ModelClient>;
  /** Imports that began, by their command's hash. */
  imports: Map<string, { readonly most: number; readonly exp: number; over: boolean }>;
  /** Imports whose one-time key is still on this disk: beside the store, in no backup. */
  oneTimeKeys: Set<string>;
  introductions: Map<string, ModelIntroduction>;
  /** When a loosening act last changed an object. */
  loosenedAt: Map<string, number>;
  /** Kinds of all entries of the log. */
  log: string[];
  logRoot: string;
  pending: Map<string, ModelEnvelope>;
  scheduled: Map<string, { keyId: string; due: number; envelope: ModelEnvelope }>;
  /** Receipts. */
  decided: Map<string, ModelAnswer & { leaf: number; final: boolean }>;
  /** Refusals that have an entry of their own, as hash/code. */
  refused: Set<string>;
  /** Refusals that were counted, since this was last emptied. */
  counted: string[];
  /** Whether a step ahead of the clock is on record in this run. */
  stepNoted: boolean;
}

/** Acts that take something away. */
const TIGHTENING = new Set([
  "key.suspend",
  "key.deactivate",
  "key.compromise",
  "client.revoke",
  "schedule.clear",
  "domain.lock",
]);

export function tightens(act: string): boolean {
  return TIGHTENING.has(act);
}

export function ruleOf(state: ModelState, act: string): ModelRule {
  return state.policy.get(act) ?? (state.policy.get("*") as ModelRule);
}
