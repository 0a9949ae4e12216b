import {
  approveChallenge,
  type Channel,
  DECISION,
  type Decision,
  encodeBase64url,
  type PasskeyApproval,
  type PasskeyCredential,
  type PasskeyPossession,
  type RegistrationNames,
  registerChallenge,
  type SignatureAlgorithm,
} from "@holdfast/protocol";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { SoftwareKey } from "../keys/software-key.ts";
import { nextSeed } from "../random/next-seed.ts";
import { seededRandom } from "../random/seeded-random.ts";
import { attestationObject, NO_STATEMENT, selfStatement } from "./attestation-object.ts";
import { attestedCredential, authenticatorData, type FlagKnobs } from "./authenticator-data.ts";
import { type ClientDataKnobs, clientDataText } from "./client-data.ts";
import type { SoftwareMaker } from "./software-maker.ts";

/** Where a passkey lives and what kind it is. */
export interface PasskeyOptions {
  readonly alg?: SignatureAlgorithm;
  readonly rpId?: string;
  readonly origin?: string;
  readonly channel?: Exclude<Channel, "local">;
  /** Whether it can be copied to other devices. */
  readonly be?: boolean;
  /** Who vouches for it; nobody by default. */
  readonly maker?: SoftwareMaker;
  readonly seed?: string;
}

/** Every lie an authenticator, a browser or whoever carries its answer could tell. Without any, all is honest. */
export interface AssertionKnobs extends ClientDataKnobs {
  /** RP ID whose hash is signed over. */
  readonly rpId?: string;
  readonly flags?: FlagKnobs;
  readonly counter?: number;
  /** Bytes after the counter: attested credential, extensions, rubbish. */
  readonly tail?: Uint8Array;
  /** Changes the authenticator data before it is signed. */
  readonly authData?: (bytes: Uint8Array) => Uint8Array;
  /** Another key signs. */
  readonly signer?: SoftwareKey;
  /** Changes the signature after it was made. */
  readonly signature?: (bytes: Uint8Array) => Uint8Array;
  /** How members are written; base64url by default. */
  readonly encode?: (bytes: Uint8Array) => string;
}

/** Base64url with the padding that no signed document has. */
export function paddedBase64url(bytes: Uint8Array): string {
  const text = encodeBase64url(bytes);
  return text + "=".repeat((4 - (text.length % 4)) % 4);
}

const COSE_NUMBER = { ES256: -7, EdDSA: -8, RS256: -257 } as const;
/** A passkey in memory, and the browser around it. */
export class SoftwarePasskey {
  readonly key: SoftwareKey;
  readonly rpId: string;
  readonly origin: string;
  readonly channel: Exclude<Channel, "local">;
  readonly be: boolean;
  readonly maker: SoftwareMaker | null;
  readonly #credId: Uint8Array<ArrayBuffer>;
  readonly #aaguid: Uint8Array<ArrayBuffer>;
  #counter = 0;

  constructor(options: PasskeyOptions = {}) {
    const { alg = "ES256", seed = nextSeed("passkey"), channel = "customer", be = false } = options;
    const random = seededRandom(`passkey ${seed}`);
    this.key = SoftwareKey.make(alg, `passkey ${seed}`);
    this.rpId = options.rpId ?? (channel === "this-machine" ? "holdfast.localhost" : "keys.example.com");
    this.origin = options.origin ?? (channel === "this-machine" ? `http://${this.rpId}:4700` : `https://${this.rpId}`);
    this.channel = channel;
    this.be = be;
    this.maker = options.maker ?? null;
    this.#credId = random(32);
    this.#aaguid = this.maker?.aaguid ?? random(16);
  }

  /** Credential id, base64url. */
  get credId(): string {
    return encodeBase64url(this.#credId);
  }

  /** The credential as a roster has it. */
  credential(): PasskeyCredential {
    const { credId, key, rpId, origin, channel, be } = this;
    const aaguid = encodeBase64url(this.#aaguid);
    return {
      credId,
      cose: key.coseText,
      alg: key.alg,
      rpId,
      origin,
      channel,
      aaguid,
      be,
      att: this.maker ? "verified" : "none",
    };
  }

  /** What `navigator.credentials.create()` answers, with its maker's statement or, if asked for, one of its own. */
  create(challenge: Uint8Array, knobs: AssertionKnobs & { readonly self?: boolean } = {}) {
    const { encode = encodeBase64url, signature = (bytes: Uint8Array) => bytes } = knobs;
    const clientData = this.#clientData("webauthn.create", challenge, knobs);
    const tail = knobs.tail ?? attestedCredential(this.#aaguid, this.#credId, this.key.cose);
    const authData = this.#authData({ ...knobs, tail, flags: { at: true, ...knobs.flags } });
    const signer = knobs.signer ?? this.key;
    const signed = concatBytes(authData, sha256(clientData));
    const own = () => selfStatement(COSE_NUMBER[this.key.alg], signature(signer.sign(signed, "der")));
    const none = knobs.self === true ? own() : NO_STATEMENT;
    const statement = this.maker?.attest(signed, this.key) ?? none;
    return { clientDataJSON: encode(clientData), attestationObject: encode(attestationObject(authData, statement)) };
  }

  /** What `navigator.credentials.get()` answers. */
  get(challenge: Uint8Array, knobs: AssertionKnobs = {}) {
    const { encode = encodeBase64url, signature = (bytes: Uint8Array) => bytes, signer = this.key } = knobs;
    const clientData = this.#clientData("webauthn.get", challenge, knobs);
    const authData = this.#authData(knobs);
    const sig = signature(signer.sign(concatBytes(authData, sha256(clientData)), "der"));
    return { clientDataJSON: encode(clientData), authData: encode(authData), sig: encode(sig) };
  }

  /** Its decision over documents, in the order in which they were shown. */
  approve(
    list: readonly string[],
    { decision = DECISION.approve, ...knobs }: AssertionKnobs & { readonly decision?: Decision } = {},
  ): PasskeyApproval {
    return { decision, list, credId: this.credId, ...this.get(approveChallenge(decision, list), knobs) };
  }

  /** Its proof of possession under an invitation. */
  possess(names: RegistrationNames, knobs: AssertionKnobs = {}): PasskeyPossession {
    const { aid, inviteId, adm } = names;
    const challenge = registerChallenge(names);
    const attestation = this.maker ? { attestation: this.create(challenge, { counter: 0 }) } : {};
    return { credId: this.credId, aid, inviteId, adm, ...this.get(challenge, knobs), ...attestation };
  }

  #clientData(type: string, challenge: Uint8Array, knobs: ClientDataKnobs): Uint8Array {
    return utf8ToBytes(clientDataText({ type, challenge, origin: this.origin }, knobs));
  }

  #authData(knobs: AssertionKnobs): Uint8Array {
    const { rpId = this.rpId, tail = new Uint8Array(), authData = (bytes: Uint8Array) => bytes } = knobs;
    this.#counter += 1;
    const flags = { be: this.be, bs: this.be, ...knobs.flags };
    return authData(authenticatorData(rpId, flags, knobs.counter ?? this.#counter, tail));
  }
}
