import type { RosterLink } from "@holdfast/protocol";
import { SoftwareAdministrator, SoftwareDomain } from "@holdfast/testkit";

const QUORUM = 2;

/**
 * A chain as a company of many administrators has after years: each link lets one person come and another go, and is
 * approved by a quorum.
 */
export function rosterChain(administrators: number, links: number): readonly RosterLink[] {
  const domain = SoftwareDomain.found({
    administrators,
    change: (roster) => ({
      ...roster,
      policy: roster.policy.map((rule) => ({ ...rule, m: Math.min(rule.m, QUORUM) })),
    }),
  });
  for (let link = 0; link < links; link += 1) {
    const comes = new SoftwareAdministrator({ label: `person ${link}` });
    const stays = domain.administrators.slice(-QUORUM);
    domain.extend(
      (roster) => ({ ...roster, admins: [...roster.admins.slice(1), comes.rosterEntry()] }),
      { approvers: stays, added: [comes] },
    );
  }
  return domain.links;
}
