import { isKeyPairAlgorithm, type KeyAlgorithm, type KeyUsage } from "@holdfast/protocol";

/** What a key is made for. */
export type Purpose = "encrypt" | "sign" | "wrap" | "mac" | "agree" | "database" | "aws";

interface PurposeFacts {
  readonly title: string;
  readonly detail: string;
  /** What keys for it can be of, the recommended one first; none where no key is made here. */
  readonly algorithms: readonly (readonly [KeyAlgorithm, string])[];
  readonly usage: readonly KeyUsage[];
}

/** Purposes in the order people have them. Algorithms that do not do what the purpose says are not among its. */
export const KEY_PURPOSES: Readonly<Record<Purpose, PurposeFacts>> = {
  encrypt: {
    title: "Encrypt data",
    detail: "Fields, files, tokens and data keys, over REST or KMIP.",
    algorithms: [
      ["AES-256", "recommended"],
      ["AES-192", ""],
      ["AES-128", ""],
      ["ChaCha20-Poly1305", ""],
    ],
    usage: ["encrypt", "decrypt"],
  },
  sign: {
    title: "Sign",
    detail: "A key pair: the private key signs here, and anybody checks with the public one.",
    algorithms: [
      ["EC-P256", "recommended: ECDSA, understood everywhere"],
      ["EC-P384", "ECDSA"],
      ["EC-P521", "ECDSA"],
      ["Ed25519", "EdDSA: short and quick"],
      ["Ed448", "EdDSA"],
      ["RSA-3072", "for what knows RSA only"],
      ["RSA-4096", ""],
      ["RSA-2048", "at least; not for beyond 2030"],
      ["ML-DSA-65", "holds against quantum computers"],
      ["ML-DSA-87", "holds against quantum computers"],
      ["ML-DSA-44", "holds against quantum computers"],
      ["EC-secp256k1", "ECDSA, for ledgers"],
    ],
    usage: ["sign", "verify"],
  },
  wrap: {
    title: "Wrap other keys",
    detail: "Other keys leave and come in encrypted under it. It decrypts no data.",
    algorithms: [
      ["AES-256", "recommended: AES key wrap"],
      ["AES-192", ""],
      ["AES-128", ""],
      ["RSA-3072", "a key pair: others wrap with the public key"],
      ["RSA-4096", "a key pair: others wrap with the public key"],
    ],
    usage: ["wrap", "unwrap"],
  },
  mac: {
    title: "Authenticate (MAC)",
    detail: "Codes that show that data is unchanged and comes from a holder of the grant.",
    algorithms: [
      ["HMAC-SHA256", "recommended"],
      ["HMAC-SHA384", ""],
      ["HMAC-SHA512", ""],
      ["HMAC-SHA224", ""],
      ["HMAC-SHA3-256", ""],
      ["HMAC-SHA3-384", ""],
      ["HMAC-SHA3-512", ""],
    ],
    usage: ["mac", "verifymac"],
  },
  agree: {
    title: "Agree on secrets",
    detail: "A key pair from which two sides get one secret that never travels.",
    algorithms: [
      ["X25519", "recommended"],
      ["EC-P256", "ECDH"],
      ["EC-P384", "ECDH"],
      ["EC-P521", "ECDH"],
      ["X448", ""],
      ["ML-KEM-768", "encapsulation; holds against quantum computers"],
      ["ML-KEM-1024", "encapsulation; holds against quantum computers"],
      ["ML-KEM-512", "encapsulation; holds against quantum computers"],
    ],
    usage: ["agree"],
  },
  database: {
    title: "Database, vSphere or storage (KMIP)",
    detail: "MySQL, MongoDB, vSphere, Ceph and others make their own keys here.",
    algorithms: [],
    usage: [],
  },
  aws: {
    title: "AWS KMS or XKS",
    detail: "Comes with its own release; this key server does not speak it yet.",
    algorithms: [],
    usage: [],
  },
};

/** The purposes as a choice. */
export const PURPOSES: readonly { value: Purpose; title: string; detail: string; disabled?: boolean }[] = (
  Object.keys(KEY_PURPOSES) as Purpose[]
).map((value) => {
  const { title, detail } = KEY_PURPOSES[value];
  return { value, title, detail, disabled: value === "aws" };
});

/** The algorithm that a purpose has unless somebody chooses. */
export function recommendedAlgorithm(purpose: Purpose): KeyAlgorithm {
  return KEY_PURPOSES[purpose].algorithms[0]?.[0] ?? "AES-256";
}

/** What a key of the algorithm is used for under the purpose. ML-KEM encapsulates, which is by the uses of encryption. */
export function usageFor(purpose: Purpose, algorithm: KeyAlgorithm): readonly KeyUsage[] {
  return algorithm.startsWith("ML-KEM-") ? ["encrypt", "decrypt"] : KEY_PURPOSES[purpose].usage;
}

/** The algorithms of a purpose with what there is to say of each. */
export function algorithmOptions(purpose: Purpose): readonly (readonly [KeyAlgorithm, string])[] {
  return KEY_PURPOSES[purpose].algorithms.map(([algorithm, said]) => [
    algorithm,
    said === "" ? algorithm : `${algorithm} (${said})`,
  ]);
}

/** Whether the purpose makes a private and a public key. */
export function makesPair(algorithm: KeyAlgorithm): boolean {
  return isKeyPairAlgorithm(algorithm);
}
