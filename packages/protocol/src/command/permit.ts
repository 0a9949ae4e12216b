import { group, label, time } from "../schema/fields.ts";
import { network } from "../schema/network.ts";
import { array, boolean, type Infer, integer, object, set, word } from "../schema/schema.ts";
import { GRANT_OPERATIONS, type Grant } from "./grant.ts";

const DAY = 86_400;

/** Most certificates of one permit. */
export const MOST_PERMITTED = 500;
/** Longest life of a permit, from when it was proposed. */
export const LONGEST_PERMIT_SECONDS = 30 * DAY;
/** Longest life of a certificate that a permit issues. */
export const LONGEST_PERMITTED_SECONDS = 397 * DAY;

const profile = {
  /** How many clients may come by it, whatever becomes of them. */
  most: integer(1, MOST_PERMITTED),
  /** From where they may come. */
  networks: array(network, 1, 16),
  validitySec: integer(3600, LONGEST_PERMITTED_SECONDS),
  /** Whether they may renew their certificates; otherwise each ends for good with its first one. */
  renewable: boolean,
};

/** What a permit lets in, as the state of its holder says. */
export const permitProfile = object(profile);
/** What a permit lets in. */
export type PermitProfile = Infer<typeof permitProfile>;

/** Arguments of client.permit. */
export const permitArgs = object({
  label,
  /** What each client may do, on the keys of one group. */
  ops: set(word(...GRANT_OPERATIONS), 1, GRANT_OPERATIONS.length),
  group,
  ...profile,
  /** When the secret ends; the certificates go on. */
  until: time,
});

/** What each client of a permit may do. */
export function grantsOfPermit({ ops, group: id }: Pick<Infer<typeof permitArgs>, "ops" | "group">): Grant[] {
  return [{ ops: [...ops], keys: { kind: "group", id } }];
}

/** What the n-th client of a permit is called. @param n - From 1. */
export function permittedLabel(permit: string, n: number): string {
  const end = ` ${n}`;
  return `${permit.slice(0, 128 - end.length).trimEnd()}${end}`;
}
