import { type LinkOptions, SoftwareAdministrator, SoftwareDomain } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { acceptRosterLink } from "./accept-roster-link.ts";
import type { Roster } from "./roster.ts";

/** Rows of docs/threat-model/hostile-operator.md about links of the roster chain. */
type Change = (roster: Roster) => Roster;

const mallory = () => new SoftwareAdministrator({ label: "Mallory", seed: "mallory" });
const adding =
  (...people: readonly SoftwareAdministrator[]): Change =>
  (roster) => ({ ...roster, admins: [...roster.admins, ...people.map((one) => one.rosterEntry())] });
const withRules =
  (change: (rule: Roster["policy"][number]) => Roster["policy"][number]): Change =>
  (roster) => ({ ...roster, policy: roster.policy.map(change) });

/** The link is refused by this code, and a renewal that all approve is accepted afterwards. */
async function expectRefused(
  domain: SoftwareDomain,
  code: string,
  change: Change,
  options: LinkOptions = {},
  at = domain.clock.now(),
): Promise<void> {
  const { head } = await domain.verified();
  const link = domain.signLink(domain.nextRoster(change), options);
  await expect(acceptRosterLink(head, link, at)).rejects.toMatchObject({ code });
  const honest = domain.signLink(domain.nextRoster());
  await expect(acceptRosterLink(head, honest, domain.clock.now())).resolves.toMatchObject({ tid: domain.tid });
}

const three = () => SoftwareDomain.found({ administrators: 3 });

describe("a link that would change who rules", () => {
  test("row 37: signed by nobody, it is refused", () =>
    expectRefused(three(), "E_ROSTER_THRESHOLD", adding(mallory()), { approvers: [], added: [] }));

  test("row 38: signed by its new members only, it is refused", async () => {
    const [one, other] = [mallory(), new SoftwareAdministrator({ seed: "second" })];
    await expectRefused(three(), "E_ROSTER_THRESHOLD", adding(one, other), { approvers: [], added: [one, other] });
  });

  test("rows 39 and 98: one old administrator and any number of own new identities are one too few", async () => {
    const domain = three();
    const [ada] = domain.administrators;
    const own = [mallory(), new SoftwareAdministrator({ seed: "second" })];
    const approvers = ada ? [ada] : [];
    await expectRefused(domain, "E_ROSTER_THRESHOLD", adding(...own), { approvers, added: own });
  });

  test("row 40: a place left out or another predecessor is refused", async () => {
    const domain = three();
    await expectRefused(domain, "E_ROSTER_SEQ", (roster) => ({ ...roster, seq: roster.seq + 1 }));
    await expectRefused(domain, "E_ROSTER_SEQ", (roster) => ({ ...roster, prev: "A".repeat(43) }));
  });

  test("rows 43 and 99: thresholds lowered by one administrator, all or one by a little, are refused", async () => {
    const domain = three();
    const approvers = domain.administrators.slice(0, 1);
    await expectRefused(
      domain,
      "E_ROSTER_THRESHOLD",
      withRules((rule) => ({ ...rule, m: 1 })),
      { approvers },
    );
    const slightly = withRules((rule) =>
      rule.act === "key.destroy" ? { ...rule, delaySec: rule.delaySec - 1 } : rule,
    );
    await expectRefused(domain, "E_ROSTER_THRESHOLD", slightly, { approvers });
  });

  test("row 44: a new administrator who proves no possession is refused, whoever approves", async () => {
    const domain = three();
    await expectRefused(domain, "E_ROSTER_THRESHOLD", adding(mallory()), { approvers: domain.administrators });
  });

  test("row 45: one credential under two administrators is refused", async () => {
    const domain = three();
    const [ada] = domain.administrators;
    const twice: Change = (roster) => ({
      ...roster,
      admins: [...roster.admins, { ...mallory().rosterEntry(), creds: ada?.credentials ?? [] }],
    });
    await expectRefused(domain, "E_ROSTER_SCHEMA", twice);
  });

  test("row 52: a second genesis is of another domain", async () => {
    const domain = three();
    const { head } = await domain.verified();
    const [genesis] = SoftwareDomain.found({ administrators: 1 }).links;
    if (genesis === undefined) return expect.unreachable();
    await expect(acceptRosterLink(head, genesis, domain.clock.now())).rejects.toMatchObject({ code: "E_TENANT" });
    const honest = domain.signLink(domain.nextRoster());
    await expect(acceptRosterLink(head, honest, domain.clock.now())).resolves.toMatchObject({ tid: domain.tid });
  });
});

describe("a link that everybody approved", () => {
  test("row 132: delivered a year later, it is refused", async () => {
    const domain = three();
    await expectRefused(domain, "E_EXPIRED", (roster) => roster, {}, domain.clock.now() + 365 * 86_400);
  });

  test("row 133: an act that asks for more people than a change of the rules does is refused", async () => {
    const over = withRules((rule) => (rule.act === "roster.update" ? { ...rule, m: 2 } : { ...rule, m: 3 }));
    await expectRefused(three(), "E_ROSTER_SCHEMA", over);
  });

  test("row 157: a page on one machine's own name serves one administrator, never two", async () => {
    const domain = SoftwareDomain.found({ administrators: 1 });
    const here = new SoftwareAdministrator({ channel: "this-machine", seed: "here" });
    await expectRefused(domain, "E_ROSTER_SCHEMA", adding(here), { added: [here] });
  });
});
