import { fileURLToPath } from "node:url";

const BESIDE = "../../../../../shared/vectors";

/** Where published KMIP cases are looked for: HOLDFAST_VECTORS, or a folder beside the clone. */
export function vectorFolder(): string {
  return `${process.env["HOLDFAST_VECTORS"] ?? fileURLToPath(new URL(BESIDE, import.meta.url))}/kmip`;
}
