import "reflect-metadata";
import { createPublicKey, generateKeyPairSync, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
} from "@peculiar/x509";

/** Keys that a listener may have. Some products verify RSA only. */
export const SERVER_KEY_KINDS = ["P-256", "RSA-3072"] as const;
export type ServerKeyKind = (typeof SERVER_KEY_KINDS)[number];

/** A request for a certificate with the key it is for; both PEM. */
export interface CertificateRequest {
  readonly csrPem: string;
  readonly keyPem: string;
}

/** Makes a key and a request for a listener's certificate. @see RFC 2986 */
export async function newServerRequest(names: readonly string[], kind: ServerKeyKind): Promise<CertificateRequest> {
  const { privateKey } =
    kind === "P-256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 3072 });
  const algorithm =
    kind === "P-256"
      ? { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }
      : { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const { subtle } = webcrypto;
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "der" });
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: [{ CN: [(names[0] ?? "").slice(0, 64)] }],
      keys: {
        privateKey: (await subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"])) as CryptoKey,
        publicKey: (await subtle.importKey("spki", spki, algorithm, true, ["verify"])) as CryptoKey,
      },
      signingAlgorithm: algorithm,
      extensions: [
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const), value })),
        ),
      ],
    },
    webcrypto as unknown as Crypto,
  );
  return {
    csrPem: `${request.toString("pem")}\n`,
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}
