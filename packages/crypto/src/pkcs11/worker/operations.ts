import { CryptoError } from "../../errors.ts";
import { CKA, CKK, CKO, type CkAttribute, type CkHandle } from "../cryptoki.ts";
import { HsmError } from "../hsm-error.ts";
import type { Operation, TokenCalls } from "../request.ts";
import type { TokenConnection } from "./connection.ts";
import { agreement, mechanismOf } from "./mechanism.ts";
import type { TokenObjects } from "./objects.ts";
import { isUnopened, returnValueOf } from "./token-fault.ts";

/** Room for what an operation gives beyond its data: a tag, a block, a signature of RSA-8192. */
const EXTRA_BYTES = 1024;

/**
 * Uses of keys in the token. Each is one call of PKCS#11 in a session of its own.
 *
 * Of no data there is no single call: the binding gives a null pointer, which modules take for a missing argument.
 */
export class TokenOperations {
  readonly #connection: TokenConnection;
  readonly #objects: TokenObjects;

  constructor(connection: TokenConnection, objects: TokenObjects) {
    this.#connection = connection;
    this.#objects = objects;
  }

  encrypt({ key, mechanism, data }: Operation): Uint8Array {
    const { cryptoki } = this.#connection;
    return this.#connection.use((session) => {
      cryptoki.C_EncryptInit(session, mechanismOf(mechanism), this.#objects.handle(session, key));
      const out = Buffer.alloc(data.byteLength + EXTRA_BYTES);
      if (data.byteLength === 0) return cryptoki.C_EncryptFinal(session, out);
      return cryptoki.C_Encrypt(session, Buffer.from(data), out);
    });
  }

  decrypt({ key, mechanism, data }: Operation): Uint8Array {
    const { cryptoki } = this.#connection;
    return this.#opening(() =>
      this.#connection.use((session) => {
        cryptoki.C_DecryptInit(session, mechanismOf(mechanism), this.#objects.handle(session, key));
        return marked(() =>
          cryptoki.C_Decrypt(session, Buffer.from(data), Buffer.alloc(data.byteLength + EXTRA_BYTES)),
        );
      }),
    );
  }

  sign({ key, mechanism, data }: Operation): Uint8Array {
    const { cryptoki } = this.#connection;
    return this.#connection.use((session) => {
      cryptoki.C_SignInit(session, mechanismOf(mechanism), this.#objects.handle(session, key));
      if (data.byteLength === 0) return cryptoki.C_SignFinal(session, Buffer.alloc(EXTRA_BYTES));
      return cryptoki.C_Sign(session, Buffer.from(data), Buffer.alloc(EXTRA_BYTES));
    });
  }

  /** Wraps bytes: they are an object of the session for as long as that takes. */
  wrap({ key, mechanism, data }: Operation): Uint8Array {
    const { cryptoki } = this.#connection;
    return this.#connection.use((session) => {
      const wrapping = this.#objects.handle(session, key);
      const inner = cryptoki.C_CreateObject(session, [
        ...passingTemplate(),
        { type: CKA.value, value: Buffer.from(data) },
      ]);
      try {
        return cryptoki.C_WrapKey(
          session,
          mechanismOf(mechanism),
          wrapping,
          inner,
          Buffer.alloc(data.byteLength + EXTRA_BYTES),
        );
      } finally {
        cryptoki.C_DestroyObject(session, inner);
      }
    });
  }

  unwrap({ key, mechanism, data }: Operation): Uint8Array {
    const { cryptoki } = this.#connection;
    return this.#opening(() =>
      this.#connection.use((session) => {
        const unwrapping = this.#objects.handle(session, key);
        const inner = marked(() =>
          cryptoki.C_UnwrapKey(session, mechanismOf(mechanism), unwrapping, Buffer.from(data), passingTemplate()),
        );
        return this.#taken(session, inner);
      }),
    );
  }

  /** The shared secret of ECDH. */
  derive({ key, point, bytes }: TokenCalls["derive"]["ask"]): Uint8Array {
    const { cryptoki } = this.#connection;
    return this.#connection.use((session) => {
      const template = [...passingTemplate(), { type: CKA.valueLen, value: bytes }];
      const base = this.#objects.handle(session, key);
      return this.#taken(session, cryptoki.C_DeriveKey(session, agreement(point), base, template));
    });
  }

  /** The bytes of an object of the session, which ends with that. */
  #taken(session: CkHandle, object: CkHandle): Uint8Array {
    const { cryptoki } = this.#connection;
    try {
      const [read] = cryptoki.C_GetAttributeValue(session, object, [{ type: CKA.value }]);
      if (read === undefined) throw new HsmError("E_HSM_FAULT");
      return read.value;
    } finally {
      cryptoki.C_DestroyObject(session, object);
    }
  }

  /** Data that do not open are one refusal; that the token is gone, or the key, is another. */
  #opening(work: () => Uint8Array): Uint8Array {
    try {
      return work();
    } catch (cause) {
      if (isMarked(cause) && isUnopened(cause)) throw new CryptoError("E_DECRYPT");
      throw cause;
    }
  }
}

/** Errors of the call that looks at the data, and not of finding the key or starting. */
const atData = new WeakSet<object>();

function marked<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (returnValueOf(cause) !== null) atData.add(cause as object);
    throw cause;
  }
}

function isMarked(cause: unknown): boolean {
  return typeof cause === "object" && cause !== null && atData.has(cause);
}

/** Bytes that pass through the token: an object of the session that may be read. */
function passingTemplate(): CkAttribute[] {
  return [
    { type: CKA.class, value: CKO.secretKey },
    { type: CKA.keyType, value: CKK.generic },
    { type: CKA.token, value: false },
    { type: CKA.sensitive, value: false },
    { type: CKA.extractable, value: true },
  ];
}
