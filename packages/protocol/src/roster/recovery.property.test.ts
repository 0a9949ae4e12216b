import { recoveryKey, SoftwareDomain } from "@holdfast/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { HoldfastError } from "../errors.ts";
import { acceptRosterLink } from "./accept-roster-link.ts";
import type { Roster } from "./roster.ts";

const KEYS = ["one", "two", "three", "four"].map((name) => recoveryKey(`property ${name}`));

/** Changes that a recovery may make, and ones that it may not. */
const CHANGES: readonly { readonly allowed: boolean; readonly change: (roster: Roster) => Roster }[] = [
  { allowed: true, change: (roster) => ({ ...roster, notAfter: roster.notAfter + 5 }) },
  { allowed: true, change: (roster) => ({ ...roster, notAfter: roster.notAfter - 5 }) },
  { allowed: true, change: (roster) => ({ ...roster, admins: roster.admins.slice(1) }) },
  { allowed: false, change: (roster) => ({ ...roster, witnesses: [{ name: "w", vkey: "w+1+A" }] }) },
  { allowed: false, change: (roster) => ({ ...roster, recovery: { ...roster.recovery, m: roster.recovery.m + 1 } }) },
  {
    allowed: false,
    change: (roster) => ({ ...roster, policy: roster.policy.map((rule) => ({ ...rule, maxTtlSec: 600 })) }),
  },
  {
    allowed: false,
    change: (roster) => ({ ...roster, admins: roster.admins.map((one) => ({ ...one, label: `${one.label}!` })) }),
  },
];

test("a recovery is accepted exactly where enough different recovery keys sign and only administrators and the end change", async () => {
  const keys = KEYS.map(({ coseText }) => ({ alg: "EdDSA" as const, cose: coseText }));
  const founded = (m: number) => {
    const domain = SoftwareDomain.found({ seed: `recovery ${m}`, administrators: 4 });
    domain.extend((roster) => ({ ...roster, recovery: { ...roster.recovery, keys: keys.slice(0, 3), m } }), {
      keys: KEYS.slice(0, 3),
    });
    return domain;
  };
  const domains = [1, 2, 3].map(founded);
  const heads = await Promise.all(domains.map((domain) => domain.verified()));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 5 }),
      fc.subarray([...CHANGES.keys()]),
      async (m, signers, changes) => {
        const domain = domains[m - 1] as SoftwareDomain;
        const chosen = changes.map((at) => CHANGES[at] as (typeof CHANGES)[number]);
        const roster = domain.nextRoster((next) =>
          chosen.reduce<Roster>((before, { change }) => change(before), { ...next, recover: true }),
        );
        const link = domain.signRecovery(roster, { keys: signers.map((at) => KEYS[at] as (typeof KEYS)[number]) });
        const enough = new Set(signers).size >= m && !signers.includes(3);
        const accepted = await acceptRosterLink(
          heads[m - 1]?.head ?? expect.unreachable(),
          link,
          domain.clock.now(),
        ).then(
          () => true,
          (error: unknown) => {
            expect(error).toBeInstanceOf(HoldfastError);
            return false;
          },
        );
        expect(accepted).toBe(enough && chosen.every(({ allowed }) => allowed));
      },
    ),
    { numRuns: 150 },
  );
});
