import { type AllowedMakers, encodeBase64url, ProtocolError, rootCertificates } from "@holdfast/protocol";
import type { Arguments, OptionSpecs } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { readNamedFile } from "./named-file.ts";

/** Options that say which makers of passkeys are taken. */
export const MAKER_OPTIONS: OptionSpecs = {
  "passkey-makers": { type: "string" },
  "passkey-models": { type: "string" },
};

/** What follows a command's name for them. */
export const MAKER_USAGE = "--passkey-makers ROOTS.pem [--passkey-models AAGUID,…]";

const BLOCK = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----/g;
const MODEL = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/;

/**
 * The makers that the options name; null where there are none.
 *
 * @throws {@link CliError} `E_USAGE`, `E_FILE` for a file without certificates, or with what is none
 */
export function readMakers(args: Arguments): AllowedMakers | null {
  const path = args.find("passkey-makers");
  const models = (args.find("passkey-models") ?? "").split(",").map((each) => each.trim().toLowerCase());
  const named = models.filter((each) => each !== "");
  if (path === undefined) {
    if (named.length > 0) throw args.usageError("--passkey-models goes with --passkey-makers.");
    return null;
  }
  if (named.some((each) => !MODEL.test(each)))
    throw args.usageError("--passkey-models are AAGUIDs, such as 2fc0579f-8113-47ea-b116-bb5a8db9202a.");
  const roots = certificatesIn(path);
  const bytes = named.map((each) => encodeBase64url(Buffer.from(each.replaceAll("-", ""), "hex")));
  return { aaguidAllow: [...new Set(bytes)], roots };
}

/**
 * The certificates of a file, PEM, as DER in base64url.
 *
 * @throws {@link CliError} `E_FILE` for a file without certificates, or with what is none
 */
export function certificatesIn(path: string): string[] {
  const blocks = [...readNamedFile(path).toString("latin1").matchAll(BLOCK)];
  const certificates = blocks.map(([, body = ""]) => encodeBase64url(Buffer.from(body, "base64")));
  const problem = rootsProblem(certificates);
  if (problem === null) return certificates;
  throw new CliError("E_FILE", `${path} ${problem}.`, "Put the certificates into it, PEM, 1 to 16 of them.");
}

function rootsProblem(roots: readonly string[]): string | null {
  if (roots.length < 1 || roots.length > 16) return `holds ${roots.length} certificates`;
  try {
    rootCertificates(roots);
    return null;
  } catch (error) {
    if (error instanceof ProtocolError) return "holds what is no certificate that is taken here";
    throw error;
  }
}
