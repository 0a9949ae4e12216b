import { SoftwareAdministrator, SoftwareDomain } from "@holdfast/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HoldfastError } from "../errors.ts";
import { acceptRosterLink } from "./accept-roster-link.ts";
import { quorumFor } from "./quorum.ts";
import type { Roster } from "./roster.ts";
import type { RosterLink } from "./roster-link.ts";
import { verifyRosterChain } from "./verify-roster-chain.ts";

const PEOPLE = ["ada", "grace", "emmy", "mary"].map(
  (name) => new SoftwareAdministrator({ label: name, seed: `chain ${name}` }),
);

/** The same rules with `m` for links, and no act that needs more. */
function withThreshold(roster: Roster, m: number): Roster {
  const policy = roster.policy.map((rule) => ({ ...rule, m: rule.act === "roster.update" ? m : Math.min(rule.m, m) }));
  return { ...roster, policy };
}

const members = fc.subarray([0, 1, 2, 3], { minLength: 1 });

describe("a roster chain", () => {
  test("goes on exactly where enough of the old and enough of the new administrators agree", async () => {
    const founders = SoftwareDomain.found({ seed: "chain", administrators: 2 });
    const base = await founders.verified();
    const [first, second] = founders.administrators as [SoftwareAdministrator, SoftwareAdministrator];
    const everyone = [first, second, ...PEOPLE];
    await fc.assert(
      fc.asyncProperty(
        fc.subarray([0, 1]),
        members,
        fc.subarray([0, 1, 2, 3, 4, 5]),
        fc.integer({ min: 1, max: 4 }),
        async (kept, joining, approving, m) => {
          const stay = kept.map((index) => everyone[index] as SoftwareAdministrator);
          const joined = joining.map((index) => PEOPLE[index] as SoftwareAdministrator);
          const roster = founders.nextRoster((next) =>
            withThreshold({ ...next, admins: [...stay, ...joined].map((one) => one.rosterEntry()) }, m),
          );
          const approvers = approving
            .map((index) => everyone[index] as SoftwareAdministrator)
            .filter((one) => one === first || one === second || joined.includes(one));
          const signed = founders.signLink(roster, { approvers: everyone, added: joined });
          const chosen = new Set(approvers.flatMap(({ credentials }) => credentials.map(({ credId }) => credId)));
          const link = { ...signed, approvals: signed.approvals.filter(({ credId }) => chosen.has(credId)) };
          const old = approvers.filter((one) => one === first || one === second).length;
          const fresh = approvers.filter((one) => stay.includes(one) || joined.includes(one)).length;
          const satisfiable = quorumFor(roster, "roster.update").m <= roster.admins.length;
          const agreed = satisfiable && old >= 2 && fresh >= quorumFor(roster, "roster.update").m;
          const accepted = await acceptRosterLink(base.head, link, founders.clock.now()).then(
            () => true,
            (error: unknown) => {
              expect(error).toBeInstanceOf(HoldfastError);
              return false;
            },
          );
          expect(accepted).toBe(agreed);
        },
      ),
      { numRuns: 120 },
    );
  });

  test("is verified in one order only, and without any link left out", async () => {
    const domain = SoftwareDomain.found({ seed: "order" });
    for (const label of ["one", "two", "three"]) {
      domain.extend((roster) => ({ ...roster, admins: roster.admins.map((one) => ({ ...one, label })) }));
    }
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3]), async (order) => {
        const links = order.map((index) => domain.links[index] as (typeof domain.links)[number]);
        const verified = verifyRosterChain(links);
        if (order.length > 0 && order.every((value, index) => value === index)) {
          expect((await verified).rosters).toHaveLength(order.length);
        } else await expect(verified).rejects.toBeInstanceOf(HoldfastError);
      }),
    );
  });

  test("is refused for the first of its links that is wrong, whatever is wrong with those behind it", async () => {
    const domain = SoftwareDomain.found({ seed: "first" });
    for (let at = 0; at < 20; at += 1)
      domain.extend((roster) => ({ ...roster, admins: roster.admins.map((one) => ({ ...one, label: `${at}` })) }));
    const wrong = {
      E_CANON: (link: RosterLink) => ({ ...link, doc: `${link.doc.slice(0, -8)}AAAAAAAA` }),
      E_ASSERT_SIG: (link: RosterLink) => ({
        ...link,
        approvals: link.approvals.map((one) => ({ ...one, sig: "AAAA" })),
      }),
      E_ROSTER_THRESHOLD: (link: RosterLink) => ({ ...link, approvals: [] }),
    };
    const kinds = fc.constantFrom(...(Object.keys(wrong) as (keyof typeof wrong)[]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), kinds), { minLength: 1 }),
        async (changes) => {
          const links = [...domain.links];
          for (const [at, kind] of changes) links[at] = wrong[kind](domain.links[at] as RosterLink);
          const first = Math.min(...changes.map(([at]) => at));
          const code = changes.findLast(([at]) => at === first)?.[1];
          await expect(verifyRosterChain(links)).rejects.toMatchObject({ code });
        },
      ),
      { numRuns: 40 },
    );
  });
});
