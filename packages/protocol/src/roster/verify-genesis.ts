import { verifyRawSignature } from "../approval/raw-signature.ts";
import { markVerified, type Untrusted } from "../brand.ts";
import { decodeBase64url } from "../encoding/base64url.ts";
import { docHash } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";
import { deriveTid } from "../ids/derive-ids.ts";
import { verifyMachineEvidence } from "../join/machine-evidence.ts";
import { checkRoster } from "./check-roster.ts";
import { RECOVERY_DELAY_SECONDS, ROSTER_LIFE_SECONDS } from "./default-policy.ts";
import { isLocalDomain } from "./quorum.ts";
import { type PinnedRoster, parseRoster, type Roster, type VerifiedRoster } from "./roster.ts";
import type { RosterLink } from "./roster-link.ts";
import { verifyPossession } from "./verify-possession.ts";

/**
 * Verifies the genesis of a domain: every credential's proof of possession and the founding agent's signature.
 *
 * It says nothing about whose domain it is: a person compares the words of the tid with those on the agent's console.
 *
 * @throws {@link ProtocolError} `E_GENESIS`, `E_ROSTER_SCHEMA`, `E_ROSTER_ATTN`, `E_SIG`, `E_ASSERT_…`, and the codes of
 *   {@link parseRoster}
 * @see docs/spec/roster.md section 3
 */
export async function verifyGenesis(link: Untrusted<RosterLink>): Promise<VerifiedRoster> {
  const bytes = decodeBase64url(link.doc);
  const roster = parseRoster(bytes);
  const pinned: PinnedRoster = { tid: deriveTid(bytes), hash: docHash("roster", bytes), roster };
  checkGenesisForm(roster, link);
  checkRoster(roster);
  checkGenesisRules(roster);
  await verifyAgent(link, pinned);
  for (const agent of roster.agents) await verifyMachineEvidence(agent, roster);
  const credentials = roster.admins.flatMap((administrator) =>
    administrator.creds.map((credential) => ({ administrator, credential })),
  );
  if (link.possession.length !== credentials.length)
    throw refused("not every credential, or a stranger, proves possession");
  for (const { administrator, credential } of credentials) {
    const possession = link.possession.find(({ credId }) => credId === credential.credId);
    if (!possession || !(await verifyPossession(possession, credential, administrator, pinned))) {
      throw refused("a credential does not prove possession");
    }
  }
  return markVerified(pinned);
}

function checkGenesisForm(roster: Roster, link: RosterLink): void {
  const { seq, tid, prev, rand } = roster;
  if (seq !== 0 || tid !== undefined || prev !== undefined) throw refused("it names a predecessor");
  if (rand === undefined) throw refused("it has no random bytes of its agent");
  if (link.approvals.length > 0) throw refused("a genesis has no approvals");
}

function checkGenesisRules(roster: Roster): void {
  if (roster.agents.length !== 1) throw refused("one agent founds a domain");
  if (roster.notAfter !== roster.issued + ROSTER_LIFE_SECONDS) throw refused("it does not end after 400 days");
  const { keys, m, delaySec } = roster.recovery;
  if (isLocalDomain(roster)) return;
  if (keys.length < 1 || m !== 1 || delaySec !== RECOVERY_DELAY_SECONDS)
    throw refused("it has no recovery key with 72 hours' delay");
}

async function verifyAgent(link: RosterLink, { roster, hash }: PinnedRoster): Promise<void> {
  const [agent] = roster.agents;
  if (!agent || link.aikSig === undefined) throw refused("its agent has not signed it");
  await verifyRawSignature(agent.aik, "genesis", hash, link.aikSig);
}

function refused(problem: string): ProtocolError {
  return new ProtocolError("E_GENESIS", `The genesis is refused: ${problem}.`);
}
