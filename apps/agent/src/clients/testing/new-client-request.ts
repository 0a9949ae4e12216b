import "reflect-metadata";
import { createPrivateKey, webcrypto } from "node:crypto";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";

const CURVE = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A new key and a request for it, both PEM. Tests only. */
export async function newClientRequest(key?: string): Promise<{ csr: string; key: string }> {
  const made = key ?? (await newKey());
  const pkcs8 = createPrivateKey(made).export({ type: "pkcs8", format: "der" });
  const privateKey = await webcrypto.subtle.importKey("pkcs8", pkcs8, CURVE, true, ["sign"]);
  const { d: _, ...jwk } = await webcrypto.subtle.exportKey("jwk", privateKey);
  const publicKey = await webcrypto.subtle.importKey("jwk", { ...jwk, key_ops: ["verify"] }, CURVE, true, ["verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: "CN=whatever it likes",
      keys: { privateKey: privateKey as CryptoKey, publicKey: publicKey as CryptoKey },
      signingAlgorithm: CURVE,
    },
    webcrypto as unknown as Crypto,
  );
  return { csr: request.toString("pem"), key: made };
}

async function newKey(): Promise<string> {
  const { privateKey } = (await webcrypto.subtle.generateKey(CURVE, true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", privateKey));
  return createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }).export({
    type: "pkcs8",
    format: "pem",
  }) as string;
}
