import { type Approval, approvalsSchema } from "../approval/approval.ts";
import { aid, base64urlBytes, plainId, visibleAscii } from "../schema/fields.ts";
import { array, type Infer, object, optional, type Schema } from "../schema/schema.ts";

const credId = base64urlBytes(16, 1023);

/** What `create()` gave, kept where a roster names the makers that it takes: so that every reader can judge it. */
const attestation = object({ clientDataJSON: visibleAscii(8192), attestationObject: visibleAscii(21_848) });

/** How a passkey's proof of possession is written. */
export const passkeyPossession = object({
  credId,
  aid,
  inviteId: plainId,
  adm: plainId,
  clientDataJSON: visibleAscii(8192),
  authData: visibleAscii(8192),
  sig: visibleAscii(1400),
  attestation: optional(attestation),
});

const localPossession = object({ credId, sig: visibleAscii(1400) });

/** How a recovery key's proof of possession is written: `credId` is its raw credential id. */
export const recoveryPossession = object({ credId, aid, inviteId: plainId, sig: visibleAscii(1400) });

/** Proof that an added passkey is there: a `get()` over the register challenge of the invitation it names. */
export type PasskeyPossession = Infer<typeof passkeyPossession>;
/** The same of a local administrator: its signature, purpose local, over the roster's docHash. */
export type LocalPossession = Infer<typeof localPossession>;
/** The same of a recovery key: its signature, purpose recover, over the register challenge of the invitation it names. */
export type RecoveryPossession = Infer<typeof recoveryPossession>;
/** Proof that an added credential, or an added recovery key, is there. */
export type Possession = PasskeyPossession | LocalPossession | RecoveryPossession;

const possessionSchema: Schema<Possession> = {
  read(value, path) {
    const given = typeof value === "object" && value !== null ? value : {};
    if ("clientDataJSON" in given) return passkeyPossession.read(value, path);
    return "inviteId" in given ? recoveryPossession.read(value, path) : localPossession.read(value, path);
  },
};

/** One link of the roster chain as it travels: the roster's bytes, and what makes them count. */
export interface RosterLink {
  /** base64url of the roster's canonical bytes. */
  readonly doc: string;
  readonly approvals: readonly Approval[];
  readonly possession: readonly Possession[];
  /** Genesis only: the founding agent's signature, purpose genesis. */
  readonly aikSig?: string | undefined;
}

/** Most links that a chain may have. */
export const MAX_CHAIN_LINKS = 1000;
/** The chain's last places, which only a recovery or a renewal takes. */
export const RESERVED_CHAIN_LINKS = 100;

/** Reads a link. */
const rosterLinkSchema: Schema<RosterLink> = object({
  doc: base64urlBytes(2, 262_144),
  approvals: approvalsSchema,
  possession: array(possessionSchema, 0, 64),
  aikSig: optional(visibleAscii(600)),
});

/** A chain as it travels, genesis first. */
export const chainSchema = array(rosterLinkSchema, 1, MAX_CHAIN_LINKS);

/** Reads a link from JSON. @throws {@link ProtocolError} `E_SCHEMA` */
export function parseRosterLink(value: unknown): RosterLink {
  return rosterLinkSchema.read(value, "link");
}

/** Reads a chain from JSON, genesis first. @throws {@link ProtocolError} `E_SCHEMA` */
export function parseRosterChain(value: unknown): readonly RosterLink[] {
  return chainSchema.read(value, "chain");
}
