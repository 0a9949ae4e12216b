import { hash } from "node:crypto";
import { ProviderCrypto } from "webcrypto-core";

/** SHA-256 of the asynchronous face. @see FIPS 180-4 */
export class Sha256Provider extends ProviderCrypto {
  readonly name = "SHA-256";
  readonly usages: KeyUsage[] = [];

  override async onDigest(_algorithm: Algorithm, data: ArrayBuffer): Promise<ArrayBuffer> {
    return new Uint8Array(hash("sha256", new Uint8Array(data), "buffer")).buffer;
  }
}
