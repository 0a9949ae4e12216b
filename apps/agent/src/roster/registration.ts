import { randomBytes } from "@holdfast/crypto";
import type { RosterLink } from "@holdfast/protocol";
import {
  deriveAdministratorId,
  deriveInviteId,
  encodeBase64url,
  findBase64url,
  HoldfastError,
  type PasskeyCredential,
  type PasskeyPossession,
  parseCoseKey,
  parseRegistration,
  registerChallenge,
  sha256,
  verifyAssertion,
  verifyGenesis,
  verifyRawSignature,
  wordsOf,
} from "@holdfast/protocol";
import type { RegistrationAnswer } from "../admin/answers.ts";
import { StoreError } from "../keystore/errors.ts";
import { channelOf } from "./channel-of.ts";
import { CLAIM_SECONDS, Claim } from "./claim.ts";
import { type EnrolmentToken, parseEnrolmentToken } from "./enrolment-token.ts";
import { type GenesisDocument, signGenesis, writeGenesis } from "./genesis-document.ts";
import type { ClaimOpened, RegistrationParts, RegistrationSubmission } from "./registration-parts.ts";
import { WordsError } from "./words-error.ts";

export type { ClaimOpened, RegistrationSubmission } from "./registration-parts.ts";

interface Opened {
  readonly secretHash: string;
  readonly names: { readonly aid: string; readonly inviteId: string; readonly adm: string };
  token: EnrolmentToken | null;
}

interface Waiting {
  readonly document: GenesisDocument;
  readonly link: RosterLink;
  readonly label: string;
  readonly credential: PasskeyCredential;
  readonly words: readonly string[];
}

/**
 * The way to the first administrator, before the domain exists: claim, token, passkey, replacement key, and then the
 * console's yes. Everything but the yes may come from the network, and nothing of it counts without.
 *
 * @see docs/spec/roster.md, registration
 */
export class Registration {
  readonly #parts: RegistrationParts;
  #claim: Claim | null = null;
  #opened: Opened | null = null;
  #waiting: Waiting | null = null;
  #refused = false;

  constructor(parts: RegistrationParts) {
    this.#parts = parts;
  }

  /** How far a claim has come; `done` once the domain is founded. */
  state(): "none" | "open" | "used" | "registered" | "done" {
    if (this.#parts.founded()) return "done";
    if (this.#waiting) return "registered";
    if (this.#claim?.open) return "open";
    return this.#opened ? "used" : "none";
  }

  /**
   * Makes a new claim; the one before and an unconfirmed registration are void.
   *
   * @throws {@link StoreError} `E_GENESIS` once founded; `E_CLAIM` when no page is served
   */
  newClaim(): { readonly claimUrl: string; readonly expiresAt: number } {
    this.#assertUnfounded();
    const { pageOrigin, clock } = this.#parts;
    if (pageOrigin === null)
      throw new StoreError("E_CLAIM", "This agent serves no page: start it with --page and --page-origin.");
    this.#parts.keys();
    this.#forget();
    const { claim, word } = Claim.make(clock);
    this.#claim = claim;
    return { claimUrl: `${pageOrigin}/claim#${word}`, expiresAt: clock.now() + CLAIM_SECONDS };
  }

  /** Exchanges the claim, once. @throws {@link StoreError} `E_CLAIM`, `E_GENESIS` */
  openClaim(word: string): ClaimOpened {
    this.#assertUnfounded();
    const { identity, name, logger, pageOrigin } = this.#parts;
    if (!this.#claim || pageOrigin === null) throw this.#refusal("E_CLAIM");
    let claim: Uint8Array;
    try {
      claim = this.#claim.use(word);
    } catch {
      throw this.#refusal("E_CLAIM");
    }
    const registration = encodeBase64url(randomBytes(32));
    const names = { aid: identity.aid, inviteId: deriveInviteId(claim), adm: deriveAdministratorId(randomBytes(16)) };
    this.#opened = { secretHash: hashText(registration), names, token: null };
    logger.info("registration.claimed", { aid: identity.aid });
    return {
      registration,
      ...names,
      rpId: new URL(pageOrigin).hostname,
      rpName: `Holdfast approvals: ${name}`,
      origin: pageOrigin,
      challenge: encodeBase64url(registerChallenge(names)),
      attestation: this.#parts.makers === null ? "none" : "direct",
      user: {
        id: encodeBase64url(Buffer.from(names.adm, "utf8")),
        name: `Holdfast approvals: ${name}`,
        displayName: `Holdfast approvals: ${name}`,
      },
    };
  }

  /** Takes a control plane's token, so that genesis can name its witness. @throws {@link StoreError} `E_CLAIM`, `E_SCHEMA` */
  useToken(registration: string, text: string): Pick<EnrolmentToken, "gateway" | "witness" | "loopback"> {
    const opened = this.#assertOpened(registration);
    const token = parseEnrolmentToken(text.trim());
    opened.token = token;
    const { gateway, witness, loopback } = token;
    return { gateway, witness, loopback };
  }

  /** Goes on without a token: the key server stands alone. @throws {@link StoreError} `E_CLAIM` */
  dropToken(registration: string): void {
    this.#assertOpened(registration).token = null;
  }

  /**
   * Takes the first administrator's passkey and replacement key. Nothing is founded before the console's yes.
   *
   * @throws {@link StoreError} `E_CLAIM`; {@link ProtocolError} `E_ASSERT_…`, `E_REGISTRATION`, `E_ROSTER_ATTN`,
   *   `E_SIG`, `E_SCHEMA`;
   *   on record
   */
  async register(registration: string, given: RegistrationSubmission): Promise<void> {
    const opened = this.#assertOpened(registration);
    if (this.#waiting) throw this.#refusal("E_CLAIM");
    try {
      await this.#take(opened, given);
    } catch (error) {
      // What is refused here and not by the claim is on record as well.
      if (error instanceof HoldfastError && error.code !== "E_CLAIM") this.#record(error.code);
      throw error;
    }
  }

  async #take(opened: Opened, given: RegistrationSubmission): Promise<void> {
    const { identity, name, pageOrigin, clock } = this.#parts;
    const origin = pageOrigin ?? "";
    const challenge = registerChallenge(opened.names);
    const rpId = new URL(origin).hostname;
    const { makers } = this.#parts;
    const now = clock.now();
    const judged = makers === null ? null : { allowed: makers, at: now };
    const passkey = await parseRegistration(given.attestation, { challenge, origin, rpId }, judged);
    const credential: PasskeyCredential = { ...passkey, rpId, origin, channel: channelOf(origin) };
    const { credId, clientDataJSON, authData, sig } = given.possession;
    if (credId !== credential.credId) throw this.#refusal("E_CLAIM");
    await verifyAssertion({ clientDataJSON, authData, sig }, credential, challenge);
    checkRecoveryKey(given.recovery.cose);
    await verifyRawSignature(given.recovery.cose, "recover", challenge, given.recovery.sig);
    const attestation = makers === null ? {} : { attestation: given.attestation };
    const possession: PasskeyPossession = { ...opened.names, credId, clientDataJSON, authData, sig, ...attestation };
    const administrator = { adm: opened.names.adm, label: given.label, groups: [], creds: [credential] };
    const witnesses = opened.token ? [opened.token.witness] : [];
    const document = writeGenesis({
      identity,
      name,
      administrator,
      recovery: given.recovery.cose,
      witnesses,
      makers,
      now,
    });
    const link = signGenesis(document, [possession], this.#parts.keys().aik);
    await verifyGenesis(link);
    if (this.#opened !== opened || this.#waiting) throw this.#refusal("E_CLAIM");
    this.#waiting = { document, link, label: given.label, credential, words: wordsOf(document.tid) };
    this.#parts.logger.info("registration.waiting", { tid: document.tid });
  }

  /** What the console shows and asks about. */
  answer(): RegistrationAnswer {
    if (this.#parts.founded()) return { state: "done" };
    if (this.#refused) return { state: "refused" };
    if (!this.#waiting) return { state: "none" };
    const { credential, label, words } = this.#waiting;
    const token = this.#opened?.token;
    return {
      state: "waiting",
      credential: {
        label,
        credId: credential.credId,
        aaguid: credential.aaguid,
        proved: credential.att === "verified",
      },
      origin: credential.origin,
      ...(token ? { gateway: token.gateway, witness: token.witness.name } : {}),
      words: [...words],
    };
  }

  /** What the page may know: whether the console has answered. @throws {@link StoreError} `E_CLAIM` for another's page */
  stateFor(registration: string): RegistrationAnswer["state"] {
    if (this.#opened === null || this.#opened.secretHash !== hashText(registration)) throw this.#refusal("E_CLAIM");
    return this.answer().state;
  }

  /** The token the registration brought, for linking once the domain exists. */
  token(): EnrolmentToken | null {
    return this.#opened?.token ?? null;
  }

  /**
   * The console's yes: founds the domain.
   *
   * @param words - The eight words as the console shows them.
   * @throws {@link StoreError} `E_CLAIM` when nothing waits; {@link WordsError} when the words are others: it waits on
   */
  async confirm(words: string): Promise<{ readonly tid: string }> {
    const waiting = this.#waiting;
    if (!waiting) throw new StoreError("E_CLAIM", "No registration waits for the console's yes.");
    if (words.trim().toLowerCase().split(/\s+/).join(" ") !== waiting.words.join(" ")) {
      this.#parts.countRefusal("E_CLAIM");
      throw new WordsError();
    }
    this.#waiting = null;
    try {
      return { tid: await this.#parts.found(waiting.link) };
    } catch (error) {
      this.#waiting = waiting;
      throw error;
    }
  }

  /** The console's no: nothing is founded, the registration is forgotten. */
  refuse(): void {
    this.#assertUnfounded();
    const opened = this.#opened;
    this.#forget();
    this.#opened = opened;
    this.#refused = true;
    this.#parts.logger.warn("registration.refused");
  }

  #forget(): void {
    this.#claim = null;
    this.#opened = null;
    this.#waiting = null;
    this.#refused = false;
  }

  #assertUnfounded(): void {
    if (this.#parts.founded()) throw this.#refusal("E_GENESIS");
  }

  #assertOpened(registration: string): Opened {
    this.#assertUnfounded();
    const opened = this.#opened;
    if (opened === null || this.#refused || opened.secretHash !== hashText(registration))
      throw this.#refusal("E_CLAIM");
    return opened;
  }

  #refusal(code: "E_CLAIM" | "E_GENESIS"): StoreError {
    this.#record(code);
    return new StoreError(code);
  }

  /** Every refusal is on record: a counter by code and minute, and a line in the log. */
  #record(code: string): void {
    this.#parts.countRefusal(code);
    this.#parts.logger.warn("registration.refusal", { code });
  }
}

/** A replacement key is an Ed25519 key: a person can write it down as words. */
function checkRecoveryKey(cose: string): void {
  if (parseCoseKey(findBase64url(cose) ?? new Uint8Array()).alg !== "EdDSA")
    throw new StoreError("E_SCHEMA", "The replacement key is not an Ed25519 key.");
}

function hashText(text: string): string {
  return encodeBase64url(sha256(Buffer.from(text, "utf8")));
}
