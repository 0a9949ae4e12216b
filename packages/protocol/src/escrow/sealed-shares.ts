import { chainSchema } from "../roster/roster-link.ts";
import { documentCodec } from "../schema/document.ts";
import { hash, plainId, tid } from "../schema/fields.ts";
import { array, type Infer, literal, object } from "../schema/schema.ts";
import { type EscrowedManifest, hpkeSealed } from "./backup-manifest.ts";
import { MOST_CUSTODIANS } from "./custodian.ts";

/** Largest document of sealed shares: it carries the whole chain of administrators. */
const MAX_BYTES = 8 * 1024 * 1024;

const sealedShares = object({
  typ: literal("shares"),
  ver: literal(1),
  tid,
  /** The backup that the shares open. */
  manifest: hash,
  /** By seat, one ciphertext for each of the custodian's routes, in the manifest's order. */
  shares: array(object({ seat: plainId, sealed: array(hpkeSealed, 1, 4) }), 1, MOST_CUSTODIANS),
  /** Who may approve a release, from the genesis on. */
  chain: chainSchema,
});

/** The shares of one backup, each sealed to its custodian, and the chain against which releases are checked. */
export type SealedShares = Infer<typeof sealedShares>;

const codec = documentCodec("shares", sealedShares, MAX_BYTES);

/** Reads sealed shares. @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA` */
export const parseSealedShares = codec.parse;

/** Encodes sealed shares. @throws {@link ProtocolError} `E_SCHEMA`, `E_LIMIT` */
export const encodeSealedShares = codec.encode;

/** One backup's shares, as far as a custodian needs them. */
export interface SharesOfBackup {
  readonly tid: string;
  /** The hash that names the backup. */
  readonly backup: string;
  readonly manifest: EscrowedManifest;
  readonly shares: SealedShares;
}
