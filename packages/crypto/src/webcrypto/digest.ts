import { ProviderCrypto } from "webcrypto-core";
import { digest } from "../mac/digest.ts";
import type { HashAlgorithm } from "../policy/hash.ts";
import { answer } from "./face.ts";

/** A hash function of the asynchronous face. @see FIPS 180-4 */
export class DigestFace extends ProviderCrypto {
  readonly name: HashAlgorithm;
  readonly usages: KeyUsage[] = [];

  constructor(name: HashAlgorithm) {
    super();
    this.name = name;
  }

  override async onDigest(_algorithm: Algorithm, data: ArrayBuffer): Promise<ArrayBuffer> {
    return answer(digest(this.name, new Uint8Array(data)));
  }
}
