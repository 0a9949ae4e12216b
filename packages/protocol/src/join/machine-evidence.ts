import { decodeBase64url } from "../encoding/base64url.ts";
import { equalBytes } from "../encoding/bytes.ts";
import { taggedHash } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";
import { type Certificate, EXTENSION, parseCertificate } from "../maker/certificate.ts";
import { fitsCertificateKey } from "../maker/certificate-key.ts";
import { objectIdOf, readOne, TAG } from "../maker/der.ts";
import { readTpmAttest, readTpmSignature } from "../maker/tpm-structures.ts";
import { rootCertificates } from "../maker/verify-maker.ts";
import { pathProblem } from "../maker/verify-path.ts";
import type { Roster, RosterAgent } from "../roster/roster.ts";

/** What a machine says of an agent's key. */
export type MachineEvidence = NonNullable<RosterAgent["evidence"]>[number];

/** tcg-kp-AIKCertificate: for keys with which a TPM vouches for others. */
const VOUCHES = "2.23.133.8.3";

/**
 * The 32 bytes that a machine has to sign along for an agent: a hash of the agent's own key, so that what one machine
 * says of one agent says nothing of another.
 *
 * @param aik - COSE_Key, base64url.
 */
export function evidenceQuestion(aik: string): Uint8Array<ArrayBuffer> {
  return taggedHash("holdfast/evidence/v1", decodeBase64url(aik));
}

/**
 * Verifies what machines say of an agent: that they speak of this agent's key, and where the roster names makers of
 * machines, that theirs lead to one of them. A roster that names makers takes no agent without.
 *
 * @param roster - The one that adds the agent. Certificates must be valid at its `issued`.
 * @throws {@link ProtocolError} `E_EVIDENCE`
 * @see docs/spec/root-transfer.md section 3; TPM 2.0 Library, Part 3, TPM2_Quote
 */
export async function verifyMachineEvidence(
  { aik, evidence = [] }: Pick<RosterAgent, "aik" | "evidence">,
  roster: Pick<Roster, "evidence" | "issued">,
): Promise<void> {
  const asked = roster.evidence;
  if (asked !== undefined && evidence.length === 0) throw refused("it brings none, and the rules ask for it");
  for (const one of evidence) {
    try {
      await judge(one, aik, asked?.roots ?? null, roster.issued);
    } catch (error) {
      if (error instanceof ProtocolError && error.code === "E_CANON") throw refused("it cannot be read");
      throw error;
    }
  }
}

async function judge(
  { quote, sig, x5c }: MachineEvidence,
  aik: string,
  roots: readonly string[] | null,
  at: number,
): Promise<void> {
  const message = decodeBase64url(quote);
  const attest = readTpmAttest(message);
  if (attest.kind !== "quote") throw refused("it is not a quote of a TPM");
  if (!equalBytes(attest.extraData, evidenceQuestion(aik))) throw refused("it speaks of another key server");
  const path = x5c.map((each) => parseCertificate(decodeBase64url(each)));
  const leaf = path[0] as Certificate;
  const usage = leaf.extensions.get(EXTENSION.extendedKeyUsage);
  if (usage === undefined || !readOne(usage.value, TAG.sequence).some((each) => objectIdOf(each) === VOUCHES))
    throw refused("its certificate is not of a key with which a TPM vouches");
  const { kind, signature } = readTpmSignature(decodeBase64url(sig));
  if (!(await fitsCertificateKey(leaf.spki, { kind, hash: "SHA-256" }, signature, message, "raw")))
    throw refused("the machine's signature does not fit");
  const problem = roots === null ? null : await pathProblem(path, rootCertificates(roots), at);
  if (problem !== null) throw refused(problem);
}

function refused(problem: string): ProtocolError {
  return new ProtocolError("E_EVIDENCE", `A machine's evidence is refused: ${problem}.`);
}
