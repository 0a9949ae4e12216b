import type { KeyHandle, Permit } from "@holdfast/crypto";
import type { Command, VerifiedIntroductions } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { ClientRecord, KeyRecord } from "../keystore/records.ts";
import type { LostHeads } from "../witnesses/lost-heads.ts";
import type { Issued } from "./client-issuer.ts";
import type { Effect } from "./effect.ts";
import type { Prepared } from "./transfers.ts";

/** New material with what is recorded of it. */
export interface MadeKey {
  readonly handle: KeyHandle;
  /** Size as the algorithm counts it; null in previews. */
  readonly bits: number | null;
  readonly kcv: string | null;
  readonly commit: string;
}

/** What makes key material, bound to the domain's root key. */
export type MakeKey = (
  keyId: string,
  version: number,
  attributes: Pick<KeyRecord, "usage" | "extractable" | "bits" | "store"> & { readonly algorithm: string },
  permit?: Permit,
) => MadeKey;

/** What makes a key pair. The public key may always leave. */
export type MakePair = (
  algorithm: string,
  parts: Readonly<Record<"privateKey" | "publicKey", Pick<KeyRecord, "id" | "usage" | "extractable" | "store">>>,
) => Readonly<Record<"privateKey" | "publicKey", MadeKey>>;

/** What an act may look at. */
export interface ActInput {
  readonly command: Command;
  readonly hash: string;
  readonly keystore: Keystore;
  /** Unix seconds of the entries to be written. */
  readonly now: number;
  readonly makeKey: MakeKey;
  readonly makePair: MakePair;
  /** Size and root of the custody log. */
  readonly log: { readonly size: number; readonly root: string };
  /** Signed heads that the log is behind of; null unless that is all that is wrong with it. */
  readonly lost: LostHeads | null;
  /** The agent whose clock it is, and what that clock says beside what is believed. */
  readonly clock: { readonly aid: string; readonly alarmed: boolean; readonly believed: number; readonly wall: number };
  /** Whether a path lies in the folder of this agent's own data, also through links. */
  readonly isInDataFolder: (path: string) => boolean;
  /** What newcomers introduced and the command names, by hash. */
  readonly introduced: VerifiedIntroductions;
  /** Made before the transaction, for client.enrol and client.permit only. */
  readonly issued: Issued | null;
  /** Made ready before the transaction, for imports and exports only; null in previews. */
  readonly prepared: Prepared | null;
}

/** One management operation: what a command changes, as values. It writes nothing. */
export type Act = (input: ActInput) => Effect[];

/**
 * The key a command is about.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` when there is none, or it is locked
 */
export function targetKey({ command, keystore }: Pick<ActInput, "command" | "keystore">): KeyRecord {
  const { target } = command;
  const key = target?.kind === "key" ? keystore.findKey(target.keyId) : null;
  if (!key) throw new AdmissionError("E_PRESTATE", "The command names no key of this domain.");
  if (key.locked) throw new AdmissionError(key.locked, undefined, { id: key.id });
  return key;
}

/**
 * The client a command is about.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` when there is none, or it is locked
 */
export function targetClient({ command, keystore }: Pick<ActInput, "command" | "keystore">): ClientRecord {
  const { target } = command;
  const client = target?.kind === "client" ? keystore.findClient(target.client) : null;
  if (!client) throw new AdmissionError("E_PRESTATE", "The command names no client of this domain.");
  if (client.locked) throw new AdmissionError(client.locked, undefined, { id: client.id });
  return client;
}
