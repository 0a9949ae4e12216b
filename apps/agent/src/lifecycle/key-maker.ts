import {
  generateKey,
  generateKeyPair,
  generateKeyPairLater,
  HsmError,
  type KeyHandle,
  type KeyPair,
  type RootKey,
} from "@holdfast/crypto";
import { encodeBase64url } from "@holdfast/protocol";
import type { HsmKeys } from "../custody/hsm/hsm-keys.ts";
import type { MadeKey, MakeKey, MakePair } from "./act.ts";

/** Makes key material, here or in the token, and says what is recorded of it. */
export class KeyMaker {
  readonly #root: RootKey;
  readonly #hsmKeys: HsmKeys | null;

  constructor({ root, hsmKeys }: { readonly root: RootKey; readonly hsmKeys: HsmKeys | null }) {
    this.#root = root;
    this.#hsmKeys = hsmKeys;
  }

  /** What is recorded of material. */
  describeMaterial(handle: KeyHandle): MadeKey {
    const commit = encodeBase64url(this.#root.keyCommitment(handle));
    return { handle, bits: handle.bits, kcv: handle.checkValue(), commit };
  }

  /** Makes a key, and what is recorded of it. */
  readonly makeKey: MakeKey = (keyId, version, { algorithm, bits, usage, extractable, store }, permit) => {
    const attributes = { id: { keyId, version }, usages: usage, extractable };
    const sized = bits === null ? attributes : { ...attributes, bits };
    if (store === "hsm") return this.describeMaterial(this.#keysInToken().makeSecret(algorithm, sized));
    return this.describeMaterial(generateKey(algorithm, sized, permit));
  };

  /** Makes a private and a public key that belong together. */
  readonly makePair: MakePair = (algorithm, parts) =>
    this.#describePair(
      parts.privateKey.store === "hsm"
        ? this.#keysInToken().takePair(parts.privateKey.id)
        : generateKeyPair(algorithm, pairAttributes(parts)),
    );

  /** The same with the long computation elsewhere: nothing has to wait for it. */
  readonly makePairLater = async (...[algorithm, parts]: Parameters<MakePair>): Promise<ReturnType<MakePair>> =>
    this.#describePair(await generateKeyPairLater(algorithm, pairAttributes(parts)));

  #keysInToken(): HsmKeys {
    if (this.#hsmKeys === null) throw new HsmError("E_HSM_GONE");
    return this.#hsmKeys;
  }

  #describePair({ privateKey, publicKey }: KeyPair): ReturnType<MakePair> {
    return { privateKey: this.describeMaterial(privateKey), publicKey: this.describeMaterial(publicKey) };
  }
}

/** For previews: keys that would be made, with nothing made. */
export const previewMaker: { readonly makeKey: MakeKey; readonly makePair: MakePair } = {
  makeKey: notMade,
  makePair: () => ({ privateKey: notMade(), publicKey: notMade() }),
};

function notMade(): MadeKey {
  return { handle: undefined as never, bits: null, kcv: null, commit: encodeBase64url(new Uint8Array(32)) };
}

/** What both halves are made with; a public key may always leave. */
function pairAttributes({ privateKey, publicKey }: Parameters<MakePair>[1]) {
  const attributes = (part: typeof privateKey) => ({
    id: { keyId: part.id, version: 1 },
    usages: part.usage,
    extractable: part.extractable,
  });
  return { privateKey: attributes(privateKey), publicKey: attributes({ ...publicKey, extractable: true }) };
}
