import { base64urlBytes, cose, label, p256Point, plainId, visibleAscii } from "../schema/fields.ts";
import { array, boolean, type Infer, integer, literal, object, oneOf, optional } from "../schema/schema.ts";

/** One of the ways in which a custodian opens a share: a P-256 key made from 32 bytes that the custodian alone has. */
const route = oneOf("route", {
  file: object({ route: literal("file"), hpke: p256Point }),
  passkey: object({ route: literal("passkey"), hpke: p256Point, credId: base64urlBytes(16, 1023) }),
});

/** Ways of one custodian: a key file always, passkeys besides. */
export const custodianRoutes = array(route, 1, 4);

/** A custodian's signature under the duties: see {@link verifyAcknowledgement}. */
export const acknowledgement = object({ cose, sig: visibleAscii(100) });

const offer = object({ seat: plainId, routes: custodianRoutes, ack: optional(acknowledgement) });

/** What a custodian's tool writes for the key server: the public part. */
export type CustodianOffer = Infer<typeof offer>;

/** Reads what a custodian's tool writes for the key server: the public part. @throws {@link ProtocolError} `E_SCHEMA` */
export function parseCustodianOffer(value: unknown): CustodianOffer {
  return offer.read(value, "custodian");
}

const custodian = object({
  /** The custodian's place, the same in every backup. */
  seat: plainId,
  label,
  routes: custodianRoutes,
});

/** Most custodians of a domain. */
export const MOST_CUSTODIANS = 16;

/** Who holds shares of backups, and how many of them open one. */
export const escrowPlan = object({
  /** How many shares open a backup. */
  k: integer(1, MOST_CUSTODIANS),
  /** Whether the recovery file alone opens backups as well. */
  recoveryFile: boolean,
  custodians: array(custodian, 1, MOST_CUSTODIANS),
});

/** One way of a custodian to open a share. */
export type CustodianRoute = Infer<typeof route>;
/** A custodian as backups name one. */
export type Custodian = Infer<typeof custodian>;
/** Who holds shares of backups, and how many of them open one. */
export type EscrowPlan = Infer<typeof escrowPlan>;
