import { SoftwareAdministrator, SoftwarePasskey } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { invite } from "../admin/introduction-routes.ts";
import { newKey, PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { withstand } from "../admission/testing/withstand.ts";
import { deliver, draft, envelopeOf, introduce } from "./testing/links.ts";

const PAGE = "https://keys.example.com";
const own = new SoftwarePasskey({ seed: "own page" });
const hosted = new SoftwarePasskey({ channel: "hosted", rpId: "approve.example", seed: "operator's page" });
const grace = new SoftwareAdministrator({ label: "Grace" });

let agent: PasskeyAgent;
let ada: SoftwareAdministrator;
beforeEach(async () => {
  ada = new SoftwareAdministrator({ label: "Ada" });
  Object.assign(ada, { passkeys: [hosted, own] });
  agent = await PasskeyAgent.found({ administrators: [ada, grace] });
});
afterEach(() => agent.close());

describe("a passkey of the operator's page", () => {
  test("sends nobody there to approve: command lines name the key server's own page, whichever passkey stands first", async () => {
    const asked = { act: "key.create", args: { items: [newKey()] }, reason: "", wait: false };
    const { approveUrl, hash } = await agent.domain.admission.act(asked);
    expect(approveUrl).toBe(`${own.credential().origin}/approve#${hash}`);
  });

  test("approves no change of administrators: refused with where to approve, and whoever else approved is still counted", async () => {
    const { policy } = agent.domain.rosters.current().roster;
    const two = policy.map((rule) => ({ ...rule, m: 2 }));
    const link = draft(agent, { policy: two });
    const by = (passkey: SoftwarePasskey) => passkey.approve([link.hash]);
    const bring = (...passkeys: SoftwarePasskey[]) =>
      agent.domain.links.deliver(envelopeOf(link, passkeys.map(by)), "mailbox");
    const refused = { outcome: "refused", code: "E_CHANNEL", next: "Approve on your key server's own page." };
    expect(await withstand(agent, "E_CHANNEL", () => bring(hosted))).toMatchObject(refused);
    expect(agent.domain.links.find(link.hash)).toBeNull();
    const waits = { outcome: "pending", code: "E_ROSTER_THRESHOLD", new: { have: 1, need: 2 } };
    expect(await bring(own, hosted)).toMatchObject(waits);
    expect(await withstand(agent, "E_CHANNEL", () => bring(own, hosted))).toMatchObject(refused);
    expect(await bring(grace.passkey)).toMatchObject({ outcome: "applied" });
  });

  test("is nobody's only one: a change that leaves no other takes the administrator away, or is not drafted", () => {
    expect(() => draft(agent, { removeCredentials: [own.credId] })).toThrow(
      expect.objectContaining({
        code: "E_ROSTER_SCHEMA",
        message: expect.stringContaining("remove the administrator"),
      }),
    );
    expect(draft(agent, { removeCredentials: [hosted.credId] }).roster.admins[0]?.creds).toEqual([own.credential()]);
  });

  test("stands in no list of administrators on the name of a key server's own page, at whatever port, nor below or above it", async () => {
    for (const [rpId, origin] of [
      ["keys.example.com", "https://keys.example.com"],
      ["keys.example.com", "https://keys.example.com:8443"],
      ["approve.keys.example.com", "https://approve.keys.example.com"],
      ["example.com", "https://example.com"],
    ] as const) {
      const other = new SoftwarePasskey({ channel: "hosted", rpId, origin, seed: `hosted ${origin}` });
      const more = new SoftwareAdministrator({ adm: grace.adm, label: "Grace" });
      Object.assign(more, { passkeys: [other] });
      const intro = introduce(agent, more);
      const link = draft(agent, { renew: true }, [intro], (roster) => ({
        ...roster,
        admins: roster.admins.map((one) =>
          one.adm === grace.adm ? { ...one, creds: [...one.creds, other.credential()] } : one,
        ),
      }));
      const decided = await withstand(agent, "E_ROSTER_SCHEMA", () => deliver(agent, link, grace));
      expect(decided).toMatchObject({ outcome: "refused", code: "E_ROSTER_SCHEMA" });
    }
  });

  test("is made on no name that any address of the key server's page has, also one that nobody has a passkey of yet", () => {
    const pages = ["https://new.example.net", PAGE];
    for (const taken of ["https://new.example.net:8443", "https://a.new.example.net"])
      expect(() => invite(agent.domain, { kind: "administrator", adm: grace.adm, hosted: taken }, pages)).toThrow(
        expect.objectContaining({ code: "E_SCHEMA" }),
      );
    const { url } = invite(
      agent.domain,
      { kind: "administrator", adm: grace.adm, hosted: "https://ok.example" },
      pages,
    );
    expect(url.startsWith("https://new.example.net/introduce#")).toBe(true);
  });
});
