import { Ed25519Provider } from "webcrypto-core";
import { exportPublicKey, importPublicKey, refuseKeyGeneration, signWith, verifyWith } from "./agent-signature.ts";

/** Ed25519 of the asynchronous face: signs with {@link SigningHandle}s. */
export class AgentEd25519Provider extends Ed25519Provider {
  override async onGenerateKey(): Promise<never> {
    return refuseKeyGeneration();
  }

  override async onSign(_algorithm: Algorithm, key: globalThis.CryptoKey, data: ArrayBuffer): Promise<ArrayBuffer> {
    return signWith("Ed25519", key, data);
  }

  override async onVerify(
    _algorithm: Algorithm,
    key: globalThis.CryptoKey,
    signature: ArrayBuffer,
    data: ArrayBuffer,
  ): Promise<boolean> {
    return verifyWith("Ed25519", key, signature, data);
  }

  override async onExportKey(format: KeyFormat, key: globalThis.CryptoKey): Promise<JsonWebKey | ArrayBuffer> {
    return exportPublicKey(format, key);
  }

  override async onImportKey(format: KeyFormat, data: JsonWebKey | ArrayBuffer): Promise<globalThis.CryptoKey> {
    return importPublicKey("Ed25519", format, data);
  }
}
