import { type Approval, DECISION, type Roster } from "@holdfast/protocol";
import { approveRaw, type SoftwareAdministrator, type SoftwareKey } from "@holdfast/testkit";
import type { PasskeyAgent } from "../../admission/testing/passkey-agent.ts";
import type { LinkDecided } from "../link-decided.ts";
import { decideByRecoveryKey, proposeRecovery } from "../recovery.ts";
import { introduce } from "./links.ts";

/** Gives a founded domain these recovery keys, any `m` of which recover it. Tests only. */
export function recoveredBy(keys: readonly SoftwareKey[], m = 1): (roster: Roster) => Roster {
  return (roster) => ({
    ...roster,
    recovery: { ...roster.recovery, m, keys: keys.map(({ coseText }) => ({ alg: "EdDSA", cose: coseText })) },
  });
}

/** Has people who lost their passkeys introduce others, and the recovery drafted. Tests only. @returns its hash */
export async function drafted(agent: PasskeyAgent, ...fresh: readonly SoftwareAdministrator[]): Promise<string> {
  const before = new Set(agent.domain.introductions.all().map(({ hash }) => hash));
  for (const each of fresh) introduce(agent, each);
  const intros = agent.domain.introductions.all().flatMap(({ hash }) => (before.has(hash) ? [] : [hash]));
  return (await proposeRecovery(agent.domain, intros)).hash;
}

/** One recovery key's signature over a recovery. Tests only. */
export function signed(agent: PasskeyAgent, hash: string, key: SoftwareKey): Promise<LinkDecided> {
  return decideByRecoveryKey(agent.domain, approveRaw(key, [hash], "recover"));
}

/** A recovery key's objection. Tests only. */
export function vetoed(agent: PasskeyAgent, hash: string, key: SoftwareKey): Promise<LinkDecided> {
  return decideByRecoveryKey(agent.domain, approveRaw(key, [hash], "veto", DECISION.reject));
}

/** An administrator's objection by passkey. Tests only. */
export function objected(agent: PasskeyAgent, hash: string, by: SoftwareAdministrator): Promise<LinkDecided> {
  const approval: Approval = by.passkey.approve([hash], { decision: DECISION.reject });
  const { credId, clientDataJSON, authData, sig } = approval as Extract<Approval, { clientDataJSON: string }>;
  return agent.domain.links.decide({ decision: 2, hash, assertion: { credId, clientDataJSON, authData, sig } });
}
