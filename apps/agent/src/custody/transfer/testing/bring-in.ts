import { type ImportedKey, parseOfferFile, type TransferForm, verifyImportOffer } from "@holdfast/protocol";
import type { ActAnswer } from "../../../admin/answers.ts";
import { offerOf } from "../../../admin/transfer-routes.ts";
import type { Domain } from "../../../domain.ts";
import { sealKeys } from "../../../transfer/seal-keys.ts";

/** A key to bring in, and the material of its versions. Tests only. */
export interface Brought {
  readonly key?: Partial<ImportedKey>;
  readonly versions: readonly Buffer[];
}

const KEY: ImportedKey = {
  label: "orders",
  type: "symmetric-key",
  algorithm: "AES-256",
  format: "raw",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
};

/** Begins an import as the local administrator, and seals keys to it as their holder would. Tests only. */
export async function sealedFor(domain: Domain, brought: readonly Brought[], form: TransferForm = "hpke") {
  const begun = await act(domain, "import.begin", { form, most: Math.max(1, brought.length) });
  const offer = await verifyImportOffer(parseOfferFile(offerOf(domain, begun.hash)));
  const keys = brought.map(({ key, versions }) => ({ key: { ...KEY, ...key } as ImportedKey, versions }));
  return { offer, importId: begun.hash, bytes: await sealKeys(offer, keys) };
}

/** Has sealed keys taken in. Tests only. */
export function commit(domain: Domain, bytes: Uint8Array): Promise<ActAnswer> {
  const { reference } = domain.transfers.receive(bytes, "the old house");
  return act(domain, "import.commit", { sealed: reference });
}

/** Brings keys in as a whole. Tests only. */
export async function bringIn(domain: Domain, brought: readonly Brought[], form: TransferForm = "hpke") {
  return commit(domain, (await sealedFor(domain, brought, form)).bytes);
}

/** An act by the local administrator. Tests only. */
export function act(domain: Domain, name: string, args: Record<string, unknown>, key?: string): Promise<ActAnswer> {
  return domain.admission.act({ act: name, args, reason: "", wait: false, ...(key === undefined ? {} : { key }) });
}
