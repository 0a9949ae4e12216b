import "reflect-metadata";
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from "node:crypto";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";

const CURVE = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * Makes a request for a client's certificate, and its key where none is given; both PEM. The agent puts the names in.
 *
 * @param known - A key that this made before, PEM.
 * @see RFC 2986
 */
export async function newClientRequest(known?: string): Promise<{ readonly csrPem: string; readonly keyPem: string }> {
  const privateKey =
    known === undefined ? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey : createPrivateKey(known);
  const publicKey = createPublicKey(privateKey);
  const { subtle } = webcrypto;
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "der" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      keys: {
        privateKey: (await subtle.importKey("pkcs8", pkcs8, CURVE, false, ["sign"])) as CryptoKey,
        publicKey: (await subtle.importKey("spki", spki, CURVE, true, ["verify"])) as CryptoKey,
      },
      signingAlgorithm: CURVE,
    },
    webcrypto as unknown as Crypto,
  );
  return {
    csrPem: request.toString("pem"),
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}
