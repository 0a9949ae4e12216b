import { recoveryKey, SoftwareDomain } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { RECOVERY_DELAY_SECONDS } from "./default-policy.ts";
import { describeRosterChange } from "./describe-roster-change.ts";
import type { RecoveryChange } from "./draft-recovery-keys.ts";
import { draftRoster } from "./draft-roster.ts";
import { replacementKeyName } from "./recovery-keys.ts";
import type { RecoveryKey, Roster } from "./roster.ts";
import { rosterLinkDelay } from "./roster-link-delay.ts";

const keyOf = (seed: string): RecoveryKey => ({ alg: "EdDSA", cose: recoveryKey(seed).coseText });
const [SECOND, THIRD] = [keyOf("second"), keyOf("third")] as const;

async function drafted(change: RecoveryChange, options = {}): Promise<{ old: Roster; next: Roster }> {
  const domain = SoftwareDomain.found(options);
  const { head } = await domain.verified();
  return { old: domain.roster, next: draftRoster(head, { recovery: change }, domain.clock.now() + 1) };
}

const refusal = (change: RecoveryChange, options = {}) =>
  drafted(change, options).then(
    () => "drafted",
    ({ code, message }: Error & { code: string }) => `${code} ${message}`,
  );

describe("a change of the replacement keys", () => {
  test("adds keys beside those that are there, and says which, and how many a recovery takes from then on", async () => {
    const { old, next } = await drafted({ add: [SECOND, THIRD], m: 2 });
    expect(next.recovery).toEqual({
      keys: [...old.recovery.keys, SECOND, THIRD],
      ...{ m: 2, delaySec: RECOVERY_DELAY_SECONDS },
    });
    const { title, lines, danger } = describeRosterChange(old, next);
    expect([title, danger]).toEqual(["Change the replacement keys", false]);
    expect(lines.map(({ text }) => text)).toEqual([
      `Replacement key ${replacementKeyName(SECOND)} can replace lost passkeys.`,
      `Replacement key ${replacementKeyName(THIRD)} can replace lost passkeys.`,
      "A recovery takes 2 of 3 replacement keys, before 1 of 1.",
    ]);
  });

  test("puts another in the place of the only one, and calls that dangerous; never leaves none", async () => {
    const [only] = SoftwareDomain.found({ seed: "only" }).roster.recovery.keys;
    const remove = [only?.cose ?? ""];
    const { old, next } = await drafted({ add: [SECOND], remove }, { seed: "only" });
    expect(next.recovery.keys).toEqual([SECOND]);
    expect(describeRosterChange(old, next).danger).toBe(true);
    expect(await refusal({ remove }, { seed: "only" })).toContain("the last replacement key cannot go");
  });

  test("is refused for a key that is there, for one that is not, and for more signatures than keys", async () => {
    const { roster } = SoftwareDomain.found({ seed: "only" });
    const [only] = roster.recovery.keys as [RecoveryKey];
    expect(await refusal({ add: [only] }, { seed: "only" })).toContain("there already");
    expect(await refusal({ remove: [SECOND.cose] })).toContain("no such replacement key");
    expect(await refusal({ add: [SECOND], m: 3 })).toContain("3 of 2 replacement keys");
    expect(await refusal({ delaySec: 60 })).toContain("less than a day");
    expect(await refusal({ delaySec: 31 * 86_400 })).toContain("more than 30 days");
  });

  test("waits as long as a recovery, and as long as any change where that is longer or there was no key", async () => {
    const { old, next } = await drafted({ add: [SECOND] });
    expect(rosterLinkDelay(old, next, true)).toEqual({ delaySec: RECOVERY_DELAY_SECONDS, reason: "recovery" });
    const without: Roster = { ...old, recovery: { keys: [], m: 0, delaySec: 0 } };
    expect(rosterLinkDelay(without, { ...next, recovery: next.recovery }, true)).toEqual({
      ...{ delaySec: 86_400, reason: "recovery" },
    });
    expect(rosterLinkDelay(without, next, false).delaySec).toBe(0);
  });
});
