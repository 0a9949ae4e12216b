import type { KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import type { ObjectName } from "./request.ts";
import type { Token } from "./token.ts";

/** What a key in the token is, beside its name there. */
export type TokenKeyForm =
  | { readonly type: "secret"; readonly bytes: number; readonly check: string | null }
  | { readonly type: "private"; readonly publicKey: KeyObject };

/**
 * A key that is in the token, where the rest of this package expects the runtime's key.
 *
 * It answers what a key is, and gives nothing: primitives of the runtime refuse it, those of provider/token/ use it.
 */
export class TokenKey {
  readonly type: "secret" | "private";
  readonly symmetricKeySize: number | undefined;
  readonly asymmetricKeyType: string | undefined;
  readonly asymmetricKeyDetails: KeyObject["asymmetricKeyDetails"];
  readonly token: Token;
  readonly name: ObjectName;
  readonly form: TokenKeyForm;

  constructor(token: Token, name: ObjectName, form: TokenKeyForm) {
    this.token = token;
    this.name = name;
    this.form = form;
    this.type = form.type;
    this.symmetricKeySize = form.type === "secret" ? form.bytes : undefined;
    this.asymmetricKeyType = form.type === "private" ? form.publicKey.asymmetricKeyType : undefined;
    this.asymmetricKeyDetails = form.type === "private" ? form.publicKey.asymmetricKeyDetails : undefined;
    Object.freeze(this);
  }

  /** @throws {@link CryptoError} `E_NOT_EXTRACTABLE`, always */
  export(): never {
    throw new CryptoError("E_NOT_EXTRACTABLE", "The key is in a token and never leaves it.");
  }

  /** In the place of the runtime's key. */
  get asKeyObject(): KeyObject {
    return this as unknown as KeyObject;
  }
}

/** Whether a key is in a token. */
export function isTokenKey(key: unknown): key is TokenKey {
  return key instanceof TokenKey;
}

/** @throws {@link CryptoError} `E_CRYPTO_KEY` for the runtime's own key */
export function tokenKeyOf(key: KeyObject): TokenKey {
  if (!isTokenKey(key)) throw new CryptoError("E_CRYPTO_KEY");
  return key;
}
