import type { HsmErrorCode } from "./hsm-error.ts";

/** Which token of a module is meant; what is absent is not asked for. */
export interface TokenChoice {
  readonly token?: string;
  readonly serial?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly slotId?: number;
}

/** What a token says of itself. */
export interface TokenFacts {
  readonly label: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly firmware: string;
  /** CKF_ bits. */
  readonly flags: number;
  readonly mechanisms: readonly number[];
}

/** Names one object: of a class, with CKA_ID and CKA_LABEL. */
export interface ObjectName {
  readonly class: number;
  readonly id: Uint8Array;
  readonly label: string;
}

/** What is read of a key in the token. Numbers of a public key are there for a new pair only. */
export interface ObjectFacts {
  readonly id: Uint8Array;
  readonly label: string;
  readonly keyType: number;
  readonly bytes: number | null;
  readonly sensitive: boolean;
  readonly extractable: boolean;
  readonly neverExtractable: boolean;
  /** CKA_CHECK_VALUE, where the token has one. */
  readonly checkValue: Uint8Array | null;
}

/** The public half of a new pair as the token gives it. */
export type PublicNumbers =
  | { readonly modulus: Uint8Array; readonly exponent: Uint8Array }
  | { readonly point: Uint8Array };

/** A mechanism with its parameter, as it goes to the worker. */
export type MechanismCall =
  | { readonly kind: "plain"; readonly mechanism: number }
  | { readonly kind: "iv"; readonly mechanism: number; readonly iv: Uint8Array }
  | { readonly kind: "ctr"; readonly counter: Uint8Array }
  | { readonly kind: "gcm"; readonly iv: Uint8Array; readonly aad: Uint8Array; readonly tagBits: number }
  | { readonly kind: "oaep"; readonly hash: number; readonly mgf: number; readonly label: Uint8Array }
  | { readonly kind: "pss"; readonly hash: number; readonly mgf: number; readonly saltBytes: number };

/** What a new key in the token may do there. */
export interface TokenUsages {
  readonly encrypt: boolean;
  readonly decrypt: boolean;
  readonly wrap: boolean;
  readonly unwrap: boolean;
  readonly sign: boolean;
  readonly derive: boolean;
}

/** A pair to be made. */
export type PairForm =
  | { readonly kind: "rsa"; readonly bits: number }
  /** `params` is CKA_EC_PARAMS. */
  | { readonly kind: "ec" | "edwards"; readonly params: Uint8Array };

/** Everything the worker is asked, with what it answers. */
export interface TokenCalls {
  open: {
    ask: {
      readonly binding: string;
      readonly module: string;
      readonly choice: TokenChoice;
      readonly pin: Uint8Array | null;
      readonly maxSessions: number;
      readonly careful: boolean;
      readonly expectSerial: string | null;
    };
    answer: TokenFacts;
  };
  probe: { ask: Record<never, never>; answer: TokenFacts };
  find: { ask: { readonly class: number; readonly id?: Uint8Array; readonly label?: string }; answer: ObjectFacts[] };
  list: { ask: { readonly labelPrefix: string }; answer: ObjectName[] };
  makeSecret: {
    ask: {
      readonly id: Uint8Array;
      readonly label: string;
      readonly type: "aes" | "generic";
      readonly bytes: number;
      readonly usages: TokenUsages;
    };
    answer: ObjectFacts;
  };
  makePair: {
    ask: { readonly id: Uint8Array; readonly label: string; readonly form: PairForm; readonly usages: TokenUsages };
    answer: { readonly facts: ObjectFacts; readonly numbers: PublicNumbers };
  };
  destroy: { ask: { readonly id: Uint8Array; readonly label: string }; answer: number };
  encrypt: { ask: Operation; answer: Uint8Array };
  decrypt: { ask: Operation; answer: Uint8Array };
  sign: { ask: Operation; answer: Uint8Array };
  wrap: { ask: Operation; answer: Uint8Array };
  unwrap: { ask: Operation; answer: Uint8Array };
  derive: {
    ask: { readonly key: ObjectName; readonly point: Uint8Array; readonly bytes: number };
    answer: Uint8Array;
  };
  close: { ask: { readonly finalize: boolean }; answer: null };
}

/** One use of a key. */
export interface Operation {
  readonly key: ObjectName;
  readonly mechanism: MechanismCall;
  readonly data: Uint8Array;
}

export type TokenOp = keyof TokenCalls;

/** A question to the worker. */
export interface TokenQuestion {
  readonly n: number;
  readonly op: TokenOp;
  readonly ask: unknown;
}

/** The worker's answer. */
export interface TokenAnswer {
  readonly n: number;
  readonly value?: unknown;
  readonly refused?: {
    readonly code: HsmErrorCode | "E_DECRYPT" | "E_CRYPTO_INPUT";
    readonly message?: string;
    readonly detail: Readonly<Record<string, string | number>>;
  };
}
