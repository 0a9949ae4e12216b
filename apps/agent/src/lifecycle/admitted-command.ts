import type { Command, VerifiedIntroductions } from "@holdfast/protocol";
import type { Issued } from "./client-issuer.ts";
import type { Prepared } from "./transfers.ts";

declare const admitted: unique symbol;

/**
 * A command that passed every check of admission. Only admission/pipeline.ts makes one, and the executor takes
 * nothing else.
 */
export interface AdmittedCommand {
  readonly [admitted]: true;
  readonly command: Command;
  /** docHash of the command. */
  readonly hash: string;
  /** The envelope's canonical bytes and their docHash, as the receipt names them. */
  readonly envelope: Uint8Array;
  readonly envelopeHash: string;
  /** The administrators whose approvals count, or the local administrator. */
  readonly by: readonly string[];
  readonly local: boolean;
  /** What newcomers introduced and the command names, by hash. */
  readonly introduced: VerifiedIntroductions;
  /** Made for client.enrol and client.permit before the transaction. */
  readonly issued: Issued | null;
  /** Made ready for an import or an export before the transaction. */
  readonly prepared: Prepared | null;
  /**
   * Repeats, inside the transaction, every check that a change since could have made false.
   *
   * @throws {@link AdmissionError}
   */
  recheck(): void;
}
