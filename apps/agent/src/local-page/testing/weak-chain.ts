import { webcrypto } from "node:crypto";
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from "@peculiar/x509";
import type { CompanyAuthority } from "../../clients/testing/company-authority.ts";

/** A chain that is right in everything but that TLS takes no RSA key of 1024 bits, with its key. Tests only. */
export async function weakChain(company: CompanyAuthority, name: string): Promise<{ certPem: string; keyPem: string }> {
  const signingAlgorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(
    { ...signingAlgorithm, modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ["sign", "verify"],
  );
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      ...{ name: `CN=${name}`, keys: keys as unknown as CryptoKeyPair, signingAlgorithm },
      extensions: [new SubjectAlternativeNameExtension([{ type: "dns", value: name }])],
    },
    webcrypto as unknown as Crypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    certPem: await company.chain(request.toString("pem")),
    keyPem: `-----BEGIN PRIVATE KEY-----\n${key.match(/.{1,64}/g)?.join("\n")}\n-----END PRIVATE KEY-----\n`,
  };
}
