import type { AttestationStatement } from "../approval/parse-registration.ts";
import { findBase64url } from "../encoding/base64url.ts";
import { equalBytes } from "../encoding/bytes.ts";
import { ProtocolError } from "../errors.ts";
import type { Roster } from "../roster/roster.ts";
import { authorityDepth, type Certificate, EXTENSION, parseCertificate } from "./certificate.ts";
import { fitsCertificateKey, schemeOfCose } from "./certificate-key.ts";
import { TAG } from "./der.ts";
import { statementOfTpm } from "./tpm-statement.ts";
import { isAnyOf, MAX_PATH, pathProblem } from "./verify-path.ts";

/** Which makes of passkeys a roster takes: their roots, and their models where it names some. */
export type AllowedMakers = NonNullable<Roster["attn"]>;

/** What an authenticator says of a new passkey, besides the signed statement. */
export interface AttestedPasskey {
  /** Base64url. */
  readonly aaguid: string;
  /** Whether it can be copied to other devices. */
  readonly be: boolean;
  readonly attested: AttestationStatement;
}

const NAME = { country: "2.5.4.6", organisation: "2.5.4.10", unit: "2.5.4.11", common: "2.5.4.3" } as const;

/**
 * Verifies that a passkey was made in a device whose maker's certificate leads to one of the roots, and that it is of an
 * allowed model. No network: what was withdrawn since is not asked for.
 *
 * Trusts: `makers`, from the roster that adds the passkey. Treats the statement as hostile.
 *
 * @param at - Unix seconds; the certificates must be valid then: the roster's own `issued`, so that every later reader
 *   comes to the same.
 * @throws {@link ProtocolError} `E_ROSTER_ATTN`
 * @see Web Authentication Level 3 sections 7.1, 8.2 and 8.3; docs/spec/approval.md
 */
export async function verifyMaker(passkey: AttestedPasskey, makers: AllowedMakers, at: number): Promise<void> {
  try {
    await judge(passkey, makers, at);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "E_CANON")
      throw refused("what it says of its maker cannot be read");
    throw error;
  }
}

async function judge({ aaguid, be, attested }: AttestedPasskey, makers: AllowedMakers, at: number): Promise<void> {
  // What is copied to other devices is in none that anybody vouches for.
  if (be) throw refused("it can be copied to other devices");
  if (makers.aaguidAllow.length > 0 && !makers.aaguidAllow.includes(aaguid))
    throw refused("its model is not one of those allowed");
  const { format, statement } = attested;
  const chain = statement.get("x5c");
  if (format === "none" || !Array.isArray(chain)) throw refused("nobody vouches for where it was made");
  if (chain.length < 1 || chain.length > MAX_PATH || !chain.every((each) => each instanceof Uint8Array))
    throw refused("its maker's certificates cannot be read");
  const path = (chain as Uint8Array[]).map((each) => parseCertificate(each));
  const leaf = path[0] as Certificate;
  const roots = rootCertificates(makers.roots);
  const model = findBase64url(aaguid) ?? new Uint8Array();
  const { message, problem } =
    format === "tpm"
      ? statementOfTpm(attested, leaf, model)
      : statementOfPacked(attested, leaf, makers.aaguidAllow.length > 0 && !isAnyOf(leaf, roots));
  if (problem !== null) throw refused(problem);
  checkModel(leaf, model);
  const scheme = schemeOfCose(statement.get("alg"));
  const signature = statement.get("sig");
  if (scheme === undefined || !(signature instanceof Uint8Array)) throw refused("its maker signed in a way not taken");
  if (!(await fitsCertificateKey(leaf.spki, scheme, signature, message)))
    throw refused("its maker's signature does not fit");
  const broken = await pathProblem(path, roots, at);
  if (broken !== null) throw refused(broken);
}

/** What a packed statement signs, and what is wrong with its certificate. @see Web Authentication section 8.2.1 */
function statementOfPacked(
  { signed, statement }: AttestationStatement,
  leaf: Certificate,
  namesModel: boolean,
): { message: Uint8Array; problem: string | null } {
  const { names, extensions } = leaf;
  const named = names.get(NAME.country)?.length === 2 && names.has(NAME.organisation) && names.has(NAME.common);
  const problem =
    statement.size !== 3
      ? "its statement holds something else"
      : !named || names.get(NAME.unit) !== "Authenticator Attestation" || authorityDepth(leaf) !== null
        ? "its certificate is not one of a passkey's maker"
        : !extensions.has(EXTENSION.basicConstraints)
          ? "its certificate does not say that it issues no others"
          : namesModel && !extensions.has(EXTENSION.aaguid)
            ? "its certificate names no model"
            : null;
  return { message: signed, problem };
}

/** The model in the certificate, where it names one, is the passkey's. */
function checkModel(leaf: Certificate, model: Uint8Array): void {
  const extension = leaf.extensions.get(EXTENSION.aaguid);
  if (extension === undefined) return;
  const { value, critical } = extension;
  const fits = value[0] === TAG.octetString && value[1] === 16 && equalBytes(value.subarray(2), model);
  if (critical || !fits) throw refused("its certificate is of another model");
}

/** The roots as certificates. @throws {@link ProtocolError} `E_CANON` */
export function rootCertificates(roots: AllowedMakers["roots"]): Certificate[] {
  return roots.map((root) => parseCertificate(findBase64url(root) ?? new Uint8Array()));
}

function refused(problem: string): ProtocolError {
  return new ProtocolError("E_ROSTER_ATTN", `The passkey's maker is not proved: ${problem}.`);
}
