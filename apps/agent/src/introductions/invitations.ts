import { createHash, timingSafeEqual } from "node:crypto";
import { randomBytes } from "@holdfast/crypto";
import { deriveInviteId, encodeBase32 } from "@holdfast/protocol";
import type { Clock } from "../self-check/clock.ts";
import { IntroductionError } from "./errors.ts";
import type { InvitedKind } from "./read-offer.ts";

/** What one invitation is for. */
export interface InvitationTerms {
  readonly kind: InvitedKind;
  /** Whose key it will be, as whoever invites says. */
  readonly label: string;
  /** For passkeys: the administrator that they are for. */
  readonly adm?: string;
  /** For a passkey of a page that the operator serves: its origin, as this host was told it. */
  readonly hosted?: string;
}

/** What a word opens. */
export interface OpenedInvitation extends InvitationTerms {
  /** What passkeys sign of the invitation; it opens nothing. */
  readonly inviteId: string;
}

/** An invitation as it is listed: without its secret. */
export interface OpenInvitation extends Pick<InvitationTerms, "kind" | "label"> {
  readonly id: string;
  readonly secondsLeft: number;
}

/** How long an invitation may live, in seconds. */
export const INVITATION_SECONDS = { least: 600, usual: 1_800, most: 3_600 } as const;

const SECRET_BYTES = 16;
const ID_BYTES = 10;
const TRIES = 5;
const MOST_OPEN = 50;
const WORD = /^([a-z2-7]{16})\.([A-Za-z0-9_-]{22})$/;

interface Kept extends OpenedInvitation {
  readonly hash: Buffer;
  readonly endsAt: number;
  tries: number;
}

/**
 * One-use words of 128 bits, each of which lets one browser give one object of one kind. Only their hashes are kept, in
 * memory: sealing and stopping void them. Their life is running time, which no clock shortens or lengthens.
 *
 * The part before the dot only finds the invitation, so that somebody without an address cannot use up its tries.
 */
export class Invitations {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Makes one. @returns its word, given out once and not kept @throws {@link IntroductionError} `E_LIMIT` */
  mint(terms: InvitationTerms, seconds: number): { readonly id: string; readonly word: string } {
    this.#sweep();
    if (this.#kept.size >= MOST_OPEN) throw new IntroductionError("E_LIMIT");
    const id = encodeBase32(randomBytes(ID_BYTES));
    const secret = randomBytes(SECRET_BYTES);
    const endsAt = this.#clock.monotonic() + seconds * 1_000;
    this.#kept.set(id, { ...terms, inviteId: deriveInviteId(secret), hash: hashOf(secret), endsAt, tries: TRIES });
    return { id, word: `${id}.${Buffer.from(secret).toString("base64url")}` };
  }

  /** What a word is for; a wrong one costs one of five tries. @throws {@link IntroductionError} `E_INVITE` */
  look(word: string): OpenedInvitation {
    return openedOf(this.#find(word).kept);
  }

  /** Uses a word up. @throws {@link IntroductionError} `E_INVITE` */
  use(word: string): OpenedInvitation & { readonly id: string } {
    const { id, kept } = this.#find(word);
    this.#kept.delete(id);
    return { id, ...openedOf(kept) };
  }

  open(): OpenInvitation[] {
    this.#sweep();
    const now = this.#clock.monotonic();
    return [...this.#kept].map(([id, { kind, label, endsAt }]) => {
      return { id, kind, label, secondsLeft: Math.ceil((endsAt - now) / 1_000) };
    });
  }

  #find(word: string): { readonly id: string; readonly kept: Kept } {
    this.#sweep();
    const [, id = "", text = ""] = WORD.exec(word) ?? [];
    const kept = this.#kept.get(id);
    if (kept === undefined) throw new IntroductionError("E_INVITE");
    const secret = Buffer.from(text, "base64url");
    const canonical = secret.length === SECRET_BYTES && secret.toString("base64url") === text;
    if (canonical && timingSafeEqual(hashOf(secret), kept.hash)) return { id, kept };
    kept.tries -= 1;
    if (kept.tries === 0) this.#kept.delete(id);
    throw new IntroductionError("E_INVITE");
  }

  #sweep(): void {
    const now = this.#clock.monotonic();
    for (const [id, { endsAt }] of this.#kept) if (endsAt <= now) this.#kept.delete(id);
  }
}

function openedOf({ kind, label, adm, hosted, inviteId }: Kept): OpenedInvitation {
  return { kind, label, inviteId, ...(adm === undefined ? {} : { adm }), ...(hosted === undefined ? {} : { hosted }) };
}

function hashOf(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
