import { SoftwareAdministrator, SoftwareDomain, SoftwarePasskey } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { defaultPolicy } from "./default-policy.ts";
import { describeRosterChange } from "./describe-roster-change.ts";
import { draftRoster, type RosterChange } from "./draft-roster.ts";

const domain = SoftwareDomain.found({ seed: "described" });
const grace = new SoftwareAdministrator({ label: "Grace", passkeys: 2, groups: ["security"] });
const two = SoftwareDomain.found({ seed: "described two", administrators: 3 });

const change = (of: SoftwareDomain, what: RosterChange) => {
  const { tid, hash, roster } = of;
  return describeRosterChange(roster, draftRoster({ tid, hash, roster }, what, of.clock.now()));
};

describe("a change of administrators and rules, in words", () => {
  test("says who is added with how many passkeys, and every rule that a second person changes", () => {
    const { title, lines, rules, danger } = change(domain, { administrators: [grace.rosterEntry()] });
    expect(title).toBe("Make “Grace” administrator");
    expect(lines.map(({ text }) => text)).toEqual([
      "“Grace” becomes an administrator with 2 passkeys for https://keys.example.com, in security.",
    ]);
    expect(rules.find(({ act }) => act === "roster.update")).toMatchObject({
      before: "1 administrator, waits 1 day, a request lasts 7 days",
      after: "2 administrators, waits 1 day, a request lasts 7 days",
      loosens: false,
    });
    expect(rules.map(({ act }) => act)).not.toContain("key.create");
    expect(danger).toBe(false);
  });

  test("says plainly of a hosted page's passkey whose page that is, and what it counts for", () => {
    const hosted = new SoftwarePasskey({ channel: "hosted", rpId: "approve.example", seed: "described hosted" });
    const [ada] = domain.roster.admins;
    const added = { adm: ada?.adm ?? "", label: ada?.label ?? "", groups: [], creds: [hosted.credential()] };
    const { lines } = change(domain, { administrators: [added] });
    expect(lines[0]?.text).toMatch(
      /gets 1 passkey for https:\/\/approve\.example besides\. https:\/\/approve\.example is a page that the operator serves: .*suspending a key.*; for nothing else\.$/,
    );
  });

  test("says who leaves, and that their approvals are void", () => {
    const [, , third] = two.roster.admins;
    const { title, lines, danger } = change(two, { removeAdministrators: [third?.adm ?? ""] });
    expect(title).toBe(`Remove “${third?.label}”`);
    expect(lines[0]).toMatchObject({ kind: "removed" });
    expect(lines[0]?.text).toContain("is void");
    expect(danger).toBe(true);
  });

  test("says when a rule asks for less than before, also where a rule of its own falls back to the one for all", () => {
    const without = two.roster.policy.filter(({ act }) => act !== "key.destroy");
    const { rules, danger } = change(two, { policy: without });
    expect(rules).toEqual([
      {
        act: "key.destroy",
        before: "2 administrators, waits 1 day, a request lasts 1 day",
        after: "2 administrators, a request lasts 3 days",
        loosens: true,
      },
    ]);
    expect(danger).toBe(true);
  });

  test("of nothing but the end of the list is a renewal", () => {
    two.clock.advance(86_400);
    const { title, lines, rules } = change(two, { renew: true });
    expect({ title, rules }).toEqual({ title: "Renew the list", rules: [] });
    expect(lines.map(({ text }) => text).join()).toMatch(/good until \d{4}-\d{2}-\d{2}, before until/);
  });

  test("that renews the list on the day it was made says that it is good until then already", () => {
    const young = SoftwareDomain.found({ seed: "described young" });
    const since = young.clock.now();
    young.clock.advance(5_400);
    const [line] = change(young, { renew: true }).lines;
    const day = new Date((since + 400 * 86_400) * 1000).toISOString().slice(0, 10);
    expect(line?.text).toBe(`The list is good until ${day} already: this adds 90 minutes.`);
  });

  test("is none of the rules where the same table is written out", () => {
    expect(change(two, { policy: defaultPolicy(3) }).rules).toEqual([]);
  });
});
