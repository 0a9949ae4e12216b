import { decryptUnder, decryptWith, encryptUnder, encryptWith } from "../cipher/encrypt-with.ts";
import { agree } from "../derivation/agree.ts";
import { exportMaterial } from "../egress.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import { mac, verifyMac } from "../mac/mac.ts";
import type { SignatureParams } from "../policy/algorithm.ts";
import { NO_PERMIT } from "../policy/permit.ts";
import { generateKeyPair } from "../provider/crypto.ts";
import { sign, verify } from "../signature/sign.ts";
import type { BackEnd } from "./back-ends.ts";

/** One use that the synchronous face alone has. */
interface SynchronousRow {
  readonly name: string;
  make(): Promise<{ protecting: KeyHandle; opening: KeyHandle; idle: KeyHandle }>;
  protect(key: KeyHandle, text: Uint8Array): Buffer;
  open(key: KeyHandle, text: Uint8Array, given: Uint8Array): boolean;
}

const IV = Buffer.alloc(12, 3);

/** Uses that only the synchronous face has: the same table for each back end. */
export function synchronousTable(back: BackEnd): SynchronousRow[] {
  return [
    {
      name: "AES-GCM with associated data",
      make: () => secrets(back, "AES-256", ["encrypt", "decrypt"], ["encrypt"]),
      protect: (key, text) => {
        const { ciphertext, tag, iv } = encryptWith(key, { mode: "GCM", aad: IV }, text);
        return Buffer.concat([iv ?? IV, ciphertext, tag ?? IV]);
      },
      open: (key, text, given) => {
        const tag = given.subarray(-16);
        const params = { mode: "GCM", iv: given.subarray(0, 12), aad: IV, tag } as const;
        return decryptWith(key, params, given.subarray(12, -16)).equals(text);
      },
    },
    keyWrap(back, "KW"),
    keyWrap(back, "KWP"),
    {
      name: "AES-CMAC",
      make: () => secrets(back, "AES-128", ["mac", "verifymac"], ["mac"]),
      protect: (key, text) => mac(key, { algorithm: "CMAC" }, text).mac,
      open: (key, text, given) => verifyMac(key, { algorithm: "CMAC" }, text, given),
    },
    ...(["HMAC-SHA224", "HMAC-SHA256", "HMAC-SHA512"] as const).map(
      (algorithm): SynchronousRow => ({
        name: algorithm,
        make: () => secrets(back, algorithm, ["mac", "verifymac"], ["mac"]),
        protect: (key, text) => mac(key, { algorithm: "HMAC" }, text).mac,
        open: (key, text, given) => verifyMac(key, { algorithm: "HMAC" }, text, given),
      }),
    ),
    signature(back, "RSA-PSS with SHA-512", "RSA-2048", { scheme: "RSA-PSS", hash: "SHA-512", saltBytes: 20 }),
    signature(back, "PKCS#1 v1.5 with SHA-384", "RSA-2048", { scheme: "RSASSA-PKCS1-v1_5", hash: "SHA-384" }),
    signature(back, "ECDSA P-256 in DER with SHA-512", "EC-P256", { scheme: "ECDSA", hash: "SHA-512" }),
    agreement(back, "EC-P256"),
    agreement(back, "EC-P384"),
    agreement(back, "EC-P521"),
  ];
}

async function secrets(
  back: BackEnd,
  algorithm: string,
  usages: Parameters<BackEnd["secret"]>[1],
  idle: Parameters<BackEnd["secret"]>[1],
): ReturnType<SynchronousRow["make"]> {
  const key = await back.secret(algorithm, usages);
  return { protecting: key, opening: key, idle: await back.secret(algorithm, idle) };
}

function keyWrap(back: BackEnd, mode: "KW" | "KWP"): SynchronousRow {
  // A token may not take lengths that are no multiple of 8 (docs/operate/hsm.md); keys have such lengths.
  const padded = (text: Uint8Array) => Buffer.concat([text, Buffer.alloc(8)]).subarray(0, 24);
  return {
    name: `AES-${mode}`,
    make: () => secrets(back, "AES-256", ["wrap", "unwrap"], ["wrap"]),
    protect: (key, text) => encryptUnder(key, "wrap", { mode }, padded(text), NO_PERMIT).ciphertext,
    open: (key, text, given) => decryptUnder(key, "unwrap", { mode }, given, NO_PERMIT).equals(padded(text)),
  };
}

function signature(back: BackEnd, name: string, algorithm: string, params: SignatureParams): SynchronousRow {
  return {
    name,
    make: async () => {
      const { privateKey, publicKey } = await back.pair(algorithm, "sign", "verify");
      return {
        protecting: privateKey,
        opening: publicKey,
        idle: (await back.pair(algorithm, "sign", "export")).publicKey,
      };
    },
    protect: (key, text) => sign(key, params, text),
    open: (key, text, given) => verify(key, params, text, given),
  };
}

/** What a key of the back end agrees on with one in memory; "protecting" is what both sides derive. */
function agreement(back: BackEnd, algorithm: string): SynchronousRow {
  const id = { keyId: "k_aebagbafaydqqcikbmga2dqpca", version: 1 };
  const other = generateKeyPair(algorithm, {
    privateKey: { id, usages: ["agree"], extractable: false },
    publicKey: { id, usages: ["agree"], extractable: true },
  });
  const secret = { id, algorithm: null, type: "secret-data", usages: ["derive"], extractable: true } as const;
  const agreed = (mine: KeyHandle, peer: KeyHandle) => exportMaterial(agree(mine, peer, secret));
  return {
    name: `ECDH over ${algorithm}`,
    make: async () => {
      const { privateKey, publicKey } = await back.pair(algorithm, "agree", "agree");
      return {
        protecting: publicKey,
        opening: privateKey,
        idle: (await back.pair(algorithm, "sign", "verify")).privateKey,
      };
    },
    protect: (key) => agreed(other.privateKey, key),
    open: (key, _text, given) => agreed(key, other.publicKey).equals(given),
  };
}
