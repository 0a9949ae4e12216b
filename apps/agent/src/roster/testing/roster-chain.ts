import type { RosterLink } from "@holdfast/protocol";
import { SoftwareAdministrator, SoftwareDomain } from "@holdfast/testkit";

const QUORUM = 2;

/**
 * A chain as a company of many administrators has after years: links by a quorum of two, of which every other lets one
 * person come and another go, and the rest change a rule.
 */
export function rosterChain(administrators: number, links: number): readonly RosterLink[] {
  const domain = SoftwareDomain.found({ administrators });
  for (let link = 0; link < links; link += 1) {
    const approvers = domain.administrators.slice(-QUORUM);
    if (link % 2 === 0) {
      const seconds = 3600 + link;
      const changed = domain.nextRoster((roster) => ({
        ...roster,
        policy: roster.policy.map((rule) => (rule.act === "key.label" ? { ...rule, maxTtlSec: seconds } : rule)),
      }));
      domain.append(domain.signLink(changed, { approvers }), changed);
      continue;
    }
    const comes = new SoftwareAdministrator({ label: `person ${link}` });
    const roster = domain.nextRoster((before) => ({
      ...before,
      admins: [...before.admins.slice(1), comes.rosterEntry()],
    }));
    const { approvals, ...rest } = domain.signLink(roster, { approvers, added: [comes] });
    domain.append({ ...rest, approvals: approvals.slice(0, QUORUM) }, roster);
    domain.administrators.push(comes);
  }
  return domain.links;
}
