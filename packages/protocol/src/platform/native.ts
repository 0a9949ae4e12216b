/** A public key as Node's own cryptography takes it. */
export type NativeKey = object & { readonly type: string };

/** What this package uses of Node's own modules where it runs in Node: the same answers as everywhere, for less time. */
export interface Native {
  /** @param given - PEM, or a JSON Web Key; at each object Node looks several times before it takes it. */
  createPublicKey(given: string | { readonly key: object; readonly format: "jwk" }): NativeKey;
  /** ECDSA signatures are DER here. */
  verify(algorithm: string | null, bytes: Uint8Array, key: NativeKey, signature: Uint8Array): boolean;
  /** The same on a thread of its own: for many at a time, since the way there costs as much as a third of one. */
  verifyAside(algorithm: string | null, bytes: Uint8Array, key: NativeKey, signature: Uint8Array): Promise<boolean>;
  /** As text of one character a byte: that costs less than a buffer. */
  hash(algorithm: string, bytes: Uint8Array, encoding: "latin1"): string;
  setImmediate(work: () => void): void;
  /** A view of the same bytes that reads and writes text. */
  view(bytes: Uint8Array): NativeBytes;
}

/** Bytes that read and write base64url. */
export interface NativeBytes {
  write(text: string, encoding: "base64url"): number;
  toString(encoding: "base64url"): string;
}

interface NodeProcess {
  getBuiltinModule?(name: string): unknown;
}
interface NodeCrypto extends Omit<Native, "view" | "setImmediate" | "verify" | "verifyAside"> {
  verify: Native["verify"] & ((...given: [...Parameters<Native["verify"]>, done: Verified]) => void);
}
type Verified = (error: Error | null, fits: boolean) => void;
type NodeTimers = Pick<Native, "setImmediate">;
interface NodeBuffer {
  readonly Buffer: { from(buffer: ArrayBufferLike, offset: number, length: number): NativeBytes };
}

/**
 * Node's own cryptography; null in a browser. Asked for at run time and imported nowhere, so that this package needs
 * nothing but the language.
 *
 * @see docs/decisions/0019-native-where-there-is-node.md
 */
export const native: Native | null = findNative();

function findNative(): Native | null {
  const { process } = globalThis as { readonly process?: NodeProcess };
  const crypto = process?.getBuiltinModule?.("node:crypto") as NodeCrypto | undefined;
  const buffer = process?.getBuiltinModule?.("node:buffer") as NodeBuffer | undefined;
  const timers = process?.getBuiltinModule?.("node:timers") as NodeTimers | undefined;
  if (typeof crypto?.hash !== "function" || buffer === undefined || timers === undefined) return null;
  return {
    createPublicKey: (given) => crypto.createPublicKey(given),
    verify: (algorithm, bytes, key, signature) => crypto.verify(algorithm, bytes, key, signature),
    verifyAside: (...given) =>
      new Promise((resolve, reject) => {
        crypto.verify(...given, (error, fits) => (error === null ? resolve(fits) : reject(error)));
      }),
    hash: (algorithm, bytes, encoding) => crypto.hash(algorithm, bytes, encoding),
    setImmediate: (work) => timers.setImmediate(work),
    view: ({ buffer: whole, byteOffset, length }) => buffer.Buffer.from(whole, byteOffset, length),
  };
}
