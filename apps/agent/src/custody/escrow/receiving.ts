import {
  type BackupKey,
  generateRecipientKey,
  joinShares,
  openShare,
  type RecipientHandle,
  type ShareHandle,
} from "@holdfast/crypto";
import {
  type Approval,
  buildCommand,
  type CheckedOrder,
  checkReleaseOrder,
  decodeBase64url,
  encodeBase64url,
  encodeEnvelope,
  HoldfastError,
  parseEnvelope,
  quorumFor,
  type ReleaseOrder,
  type Roster,
  shareInfo,
  type Verified,
  verifyRosterChain,
} from "@holdfast/protocol";
import type { EscrowTrailer } from "../backup/escrow-trailer.ts";
import { CustodyError } from "../errors.ts";

/** A share as a custodian's tool sends it. */
export interface GivenShare {
  readonly releaseCmd: string;
  readonly seat: string;
  readonly enc: string;
  readonly ct: string;
}

/** How far a release has come. Public. */
export interface ReceivingProgress {
  readonly release: string;
  readonly have: number;
  readonly need: number;
  readonly k: number;
  /** Labels of custodians whose share is here. */
  readonly given: readonly string[];
  readonly custodians: readonly string[];
}

/** Longest life of a release that this agent proposes: a day, or less where the rules say so. */
const MOST_SECONDS = 86_400;

/**
 * A fresh agent that waits for a backup's key: it proposes the release to a key of its own, made here, takes the approvals
 * of administrators, then the shares of custodians, each sealed to that key.
 *
 * It has nothing of the backup before the last share, and forgets all when it is closed.
 */
export class Receiving {
  readonly #trailer: EscrowTrailer;
  readonly #recipient: RecipientHandle;
  readonly #roster: Roster;
  readonly #doc: string;
  readonly #now: () => number;
  readonly #shares = new Map<string, ShareHandle>();
  readonly #complete: Promise<BackupKey>;
  #resolve: (key: BackupKey) => void = () => undefined;
  #order: Verified<CheckedOrder>;
  #approvals: readonly Approval[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(made: {
    trailer: EscrowTrailer;
    recipient: RecipientHandle;
    roster: Roster;
    doc: string;
    order: Verified<CheckedOrder>;
    now: () => number;
  }) {
    this.#trailer = made.trailer;
    this.#recipient = made.recipient;
    this.#roster = made.roster;
    this.#doc = made.doc;
    this.#order = made.order;
    this.#now = made.now;
    this.#complete = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /**
   * Makes the fresh key and proposes the release, having checked the backup's chain of administrators from its genesis.
   *
   * Caller must: show the domain's words, which is all that says that the chain is the right one.
   * @throws {@link ProtocolError} for a chain or a manifest that does not hold
   */
  static async begin(trailer: EscrowTrailer, now: () => number, reason = ""): Promise<Receiving> {
    const chain = await verifyRosterChain(trailer.shares.chain);
    const { roster, hash } = chain.head;
    const recipient = generateRecipientKey();
    const { doc } = buildCommand({
      tid: chain.tid,
      act: "escrow.release",
      args: { backup: trailer.hash, recipient: encodeBase64url(recipient.publicKey) },
      roster: { seq: roster.seq, hash },
      now: now(),
      ttlSec: Math.min(quorumFor(roster, "escrow.release").maxTtlSec, MOST_SECONDS),
      reason,
    });
    const order = await checkReleaseOrder(orderOf(trailer, doc, []), now());
    return new Receiving({ trailer, recipient, roster, doc, order, now });
  }

  get tid(): string {
    return this.#order.tid;
  }

  /** The domain's eight words. */
  get words(): readonly string[] {
    return this.#order.words;
  }

  get releaseCmd(): string {
    return this.#order.releaseCmd;
  }

  get roster(): Roster {
    return this.#roster;
  }

  /** The command's bytes, base64url. */
  get doc(): string {
    return this.#doc;
  }

  get command(): CheckedOrder["command"] {
    return this.#order.command;
  }

  get approvals(): readonly Approval[] {
    return this.#approvals;
  }

  /** The command with its approvals, as the custody log keeps it later. */
  get envelope(): Uint8Array {
    return decodeBase64url(this.order.envelope);
  }

  /** All that a custodian's tool needs, and nothing secret. */
  get order(): ReleaseOrder {
    return orderOf(this.#trailer, this.#doc, this.#approvals);
  }

  /** What the log says later: which backup, and whose shares. */
  facts(): { readonly backup: string; readonly seats: readonly string[] } {
    return { backup: this.#trailer.hash, seats: [...this.#shares.keys()] };
  }

  progress(): ReceivingProgress {
    const { releaseCmd: release, have, need } = this.#order;
    const { k, custodians } = this.#trailer.manifest.escrow;
    const given = custodians.filter(({ seat }) => this.#shares.has(seat)).map(({ label }) => label);
    return { release, have, need, k, given, custodians: custodians.map(({ label }) => label) };
  }

  /**
   * Adds an approval, after verifying the whole release again with it.
   *
   * @throws {@link ProtocolError} `E_CRED_UNKNOWN`, `E_ASSERT_…`, `E_EXPIRED`, `E_ARGS` for a rejection
   */
  approve(approval: Approval): Promise<ReceivingProgress> {
    return this.#inTurn(async () => {
      const approvals = [...this.#approvals.filter(({ credId }) => credId !== approval.credId), approval];
      this.#order = await checkReleaseOrder(orderOf(this.#trailer, this.#doc, approvals), this.#now());
      this.#approvals = approvals;
      return this.progress();
    });
  }

  /** Takes the approvals of an envelope that was carried here as a file. @throws as {@link approve} */
  async deliver(envelope: Uint8Array): Promise<ReceivingProgress> {
    for (const approval of parseEnvelope(envelope).approvals) await this.approve(approval);
    return this.progress();
  }

  /**
   * Takes a custodian's share: opened here, and compared with what the signed manifest says of it, so that a wrong one is
   * named at once and spoils nothing.
   *
   * @throws {@link CustodyError} `E_SHARE` for a share of another release, backup or custodian, changed or made up, without
   *   saying which; {@link ProtocolError} `E_EXPIRED`; `E_QUORUM` while approvals are missing
   */
  take(given: GivenShare): Promise<ReceivingProgress> {
    return this.#inTurn(async () => {
      this.#order = await checkReleaseOrder(this.order, this.#now());
      if (this.#order.have < this.#order.need) throw new CustodyError("E_RELEASE");
      const { manifest, hash } = this.#trailer;
      const custodian = manifest.escrow.custodians.find(({ seat }) => seat === given.seat);
      if (custodian === undefined) throw new CustodyError("E_SHARE");
      const share = await this.#open(given, hash).catch(() => null);
      const salt = decodeBase64url(manifest.escrow.salt);
      if (!share?.matches(salt, decodeBase64url(custodian.commit))) {
        share?.zeroize();
        throw new CustodyError("E_SHARE", `${custodian.label}'s share does not open this backup.`, {
          custodian: custodian.label,
        });
      }
      this.#shares.get(given.seat)?.zeroize();
      this.#shares.set(given.seat, share);
      if (this.#shares.size >= manifest.escrow.k) this.#resolve(joinShares([...this.#shares.values()]));
      return this.progress();
    });
  }

  /** The backup's key, once enough shares are here. */
  complete(): Promise<BackupKey> {
    return this.#complete;
  }

  /** Forgets the fresh key and every share. */
  close(): void {
    for (const share of this.#shares.values()) share.zeroize();
    this.#shares.clear();
    this.#recipient.zeroize();
  }

  async #open({ releaseCmd, seat, enc, ct }: GivenShare, manifest: string): Promise<ShareHandle> {
    if (releaseCmd !== this.releaseCmd) throw new CustodyError("E_SHARE");
    const recipient = encodeBase64url(this.#recipient.publicKey);
    const info = shareInfo({ tid: this.tid, manifest, shareId: seat, purpose: "release", releaseCmd, recipient });
    return openShare(this.#recipient, { enc: decodeBase64url(enc), ct: decodeBase64url(ct) }, info);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(work);
    this.#queue = run.catch((error: unknown) => {
      if (!(error instanceof HoldfastError)) throw error;
    });
    return run;
  }
}

function orderOf(trailer: EscrowTrailer, doc: string, approvals: readonly Approval[]): ReleaseOrder {
  const { signedManifest, signedShares } = trailer;
  return {
    manifest: encodeBase64url(signedManifest.bytes),
    manifestSig: encodeBase64url(signedManifest.signature),
    shares: encodeBase64url(signedShares.bytes),
    envelope: encodeBase64url(encodeEnvelope({ typ: "env", ver: 1, doc, approvals })),
  };
}
