import { getFips } from "node:crypto";

/** What this process can truthfully say about its cryptographic module. */
export interface FipsStatus {
  /** The runtime runs with the OpenSSL FIPS provider required for every algorithm. */
  readonly mode: "on" | "off";
  /** The library that computes, as the runtime names it. */
  readonly module: string;
  readonly moduleVersion: string;
  /** Whether that library came with the runtime or from the operating system. */
  readonly linkage: "bundled" | "shared";
  /** Always "not claimed": a certificate number belongs to a module in its tested environment, which no program can see. */
  readonly validation: "not claimed";
}

/**
 * Probes the runtime.
 *
 * FIPS mode being on says that OpenSSL was told to use its FIPS provider; it is not a validation certificate.
 */
export function fipsStatus(): FipsStatus {
  const shared = (process.config.variables as { node_shared_openssl?: unknown }).node_shared_openssl === true;
  return {
    mode: getFips() === 1 ? "on" : "off",
    module: "OpenSSL",
    moduleVersion: process.versions.openssl,
    linkage: shared ? "shared" : "bundled",
    validation: "not claimed",
  };
}
