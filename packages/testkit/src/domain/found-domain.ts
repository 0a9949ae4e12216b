import {
  ACCEPT_WINDOW_SECONDS,
  defaultPolicy,
  deriveInviteId,
  docHash,
  encodeBase64url,
  encodeRoster,
  RECOVERY_DELAY_SECONDS,
  type RecoveryPossession,
  ROSTER_LIFE_SECONDS,
  type Roster,
  type RosterLink,
  recoveryChallenge,
} from "@holdfast/protocol";
import type { SoftwareAgent } from "../agent/software-agent.ts";
import { publicPoint } from "../keys/deterministic-ecdsa.ts";
import { SoftwareKey } from "../keys/software-key.ts";
import { seededRandom } from "../random/seeded-random.ts";
import type { SoftwareAdministrator } from "./software-administrator.ts";

/** Who founds a domain, and when. */
export interface Founders {
  readonly seed: string;
  readonly now: number;
  readonly agent: SoftwareAgent;
  readonly administrators: readonly SoftwareAdministrator[];
  readonly recovery: SoftwareKey | null;
}

/** The roster that an agent writes when its console has said yes. */
export function genesisRoster({ seed, now, agent, administrators, recovery }: Founders): Roster {
  const random = seededRandom(`genesis ${seed}`);
  return {
    typ: "roster",
    ver: 1,
    seq: 0,
    rand: encodeBase64url(random(16)),
    issued: now,
    acceptBy: now + ACCEPT_WINDOW_SECONDS,
    notAfter: now + ROSTER_LIFE_SECONDS,
    admins: administrators.map((administrator) => administrator.rosterEntry()),
    recovery: recovery
      ? { keys: [{ alg: "EdDSA", cose: recovery.coseText }], m: 1, delaySec: RECOVERY_DELAY_SECONDS }
      : { keys: [], m: 0, delaySec: 0 },
    agents: [agent.rosterEntry()],
    witnesses: [],
    policy: defaultPolicy(recovery ? administrators.length : "local"),
    rootCommit: encodeBase64url(random(32)),
    backupTo: { kem: "P-256", pub: encodeBase64url(publicPoint(random(32))) },
  };
}

/** Signs a genesis: every credential's proof of possession, and the agent's signature. */
export function signGenesis(roster: Roster, { agent, administrators }: Founders): RosterLink {
  const bytes = encodeRoster(roster);
  const hash = docHash("roster", bytes);
  return {
    doc: encodeBase64url(bytes),
    approvals: [],
    possession: administrators.flatMap((administrator) => administrator.possess(agent.aid, hash)),
    aikSig: agent.aik.signRaw("genesis", hash),
  };
}

/** A recovery key from a seed. */
export function recoveryKey(seed: string): SoftwareKey {
  return SoftwareKey.make("EdDSA", `recovery ${seed}`);
}

/** A recovery key's proof that it is there, as one that is introduced after the founding gives it. */
export function possessRecoveryKey(aid: string, key: SoftwareKey): RecoveryPossession {
  const inviteId = deriveInviteId(seededRandom(`invitation ${key.coseText}`)(16));
  const sig = key.signRaw("recover", recoveryChallenge({ aid, inviteId }));
  return { credId: key.rawCredId, aid, inviteId, sig };
}
