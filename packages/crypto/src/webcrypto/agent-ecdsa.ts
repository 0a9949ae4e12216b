import { EcdsaProvider } from "webcrypto-core";
import { exportPublicKey, importPublicKey, refuseKeyGeneration, signWith, verifyWith } from "./agent-signature.ts";

/** ECDSA P-256 with SHA-256 of the asynchronous face: signs with {@link SigningHandle}s. */
export class AgentEcdsaProvider extends EcdsaProvider {
  override readonly hashAlgorithms: string[] = ["SHA-256"];
  override namedCurves: string[] = ["P-256"];

  override async onGenerateKey(): Promise<never> {
    return refuseKeyGeneration();
  }

  override async onSign(_algorithm: EcdsaParams, key: globalThis.CryptoKey, data: ArrayBuffer): Promise<ArrayBuffer> {
    return signWith("P-256", key, data);
  }

  override async onVerify(
    _algorithm: EcdsaParams,
    key: globalThis.CryptoKey,
    signature: ArrayBuffer,
    data: ArrayBuffer,
  ): Promise<boolean> {
    return verifyWith("P-256", key, signature, data);
  }

  override async onExportKey(format: KeyFormat, key: globalThis.CryptoKey): Promise<JsonWebKey | ArrayBuffer> {
    return exportPublicKey(format, key);
  }

  override async onImportKey(format: KeyFormat, data: JsonWebKey | ArrayBuffer): Promise<globalThis.CryptoKey> {
    return importPublicKey("P-256", format, data);
  }
}
