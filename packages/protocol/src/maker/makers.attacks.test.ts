import { type LinkOptions, SoftwareAdministrator, SoftwareDomain, SoftwareMaker, SoftwareTpm } from "@holdfast/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRegistration } from "../approval/parse-registration.ts";
import { decodeBase64url, encodeBase64url } from "../encoding/base64url.ts";
import { HoldfastError } from "../errors.ts";
import { acceptRosterLink } from "../roster/accept-roster-link.ts";
import type { Roster } from "../roster/roster.ts";
import { verifyGenesis } from "../roster/verify-genesis.ts";
import { parseCertificate } from "./certificate.ts";
import { readTpmAttest, readTpmPublic } from "./tpm-structures.ts";

const maker = new SoftwareMaker("kelp");
const challenge = new Uint8Array(32).fill(3);

/** A domain that takes passkeys of one maker only, from its first one on. */
const founded = () =>
  SoftwareDomain.found({
    administrators: [{ maker }, { maker }],
    change: (roster) => ({ ...roster, attn: maker.allowed }),
  });
const adding = (one: SoftwareAdministrator) => (roster: Roster) => ({
  ...roster,
  admins: [...roster.admins, one.rosterEntry()],
});

/** The link is refused by `E_ROSTER_ATTN`, and one that adds a passkey of the allowed maker is accepted afterwards. */
async function expectUnproved(
  one: SoftwareAdministrator,
  change: (roster: Roster) => Roster = adding(one),
  options: LinkOptions = {},
) {
  const domain = founded();
  const { head } = await domain.verified();
  const link = domain.signLink(domain.nextRoster(change), { added: [one], ...options });
  await expect(acceptRosterLink(head, link, domain.clock.now())).rejects.toMatchObject({ code: "E_ROSTER_ATTN" });
  const honest = new SoftwareAdministrator({ label: "Emmy", seed: "emmy", maker });
  const next = domain.signLink(domain.nextRoster(adding(honest)), { added: [honest] });
  await expect(acceptRosterLink(head, next, domain.clock.now())).resolves.toMatchObject({ tid: domain.tid });
}

describe("while makers of passkeys are named", () => {
  test("row 97: a passkey of another maker, model or none, or one that is copied to other devices, is refused, whoever approves", async () => {
    const by = (options: object) => new SoftwareAdministrator({ label: "Mallory", seed: "mallory", ...options });
    await expectUnproved(by({}));
    await expectUnproved(by({ maker: new SoftwareMaker("another") }));
    await expectUnproved(by({ maker: new SoftwareMaker("kelp", { aaguid: new Uint8Array(16).fill(1) }) }));
    await expectUnproved(by({ maker, be: true }));
  });

  test("row 160: a passkey that claims an allowed model without its maker's word, or calls itself verified, is refused", async () => {
    const forged = new SoftwareAdministrator({ label: "Mallory", seed: "mallory" });
    const claiming = (roster: Roster): Roster => {
      const { admins, ...rest } = adding(forged)(roster);
      const [model = ""] = maker.allowed.aaguidAllow;
      const claim = { aaguid: model, att: "verified" };
      const changed = admins.map((each) =>
        each.adm === forged.adm ? { ...each, creds: each.creds.map((one) => ({ ...one, ...claim })) } : each,
      );
      return { ...rest, admins: changed as Roster["admins"] };
    };
    await expectUnproved(forged, claiming);
    const selfSigned = new SoftwareMaker("mallory", { aaguid: maker.aaguid });
    await expectUnproved(new SoftwareAdministrator({ label: "Mallory", seed: "mallory", maker: selfSigned }));
  });

  test("the very first passkey proves its maker too", async () => {
    await expect(verifyGenesis(founded().links[0] as never)).resolves.toMatchObject({ hash: expect.any(String) });
    const change = (roster: Roster) => ({ ...roster, attn: maker.allowed });
    const [unproved] = SoftwareDomain.found({ change }).links;
    await expect(verifyGenesis(unproved as never)).rejects.toMatchObject({ code: "E_ROSTER_ATTN" });
  });

  test("passkeys that were there before the makers were named stay, and so do verified ones when they are named no more", async () => {
    const domain = SoftwareDomain.found();
    const grace = new SoftwareAdministrator({ label: "Grace", seed: "grace", maker });
    domain.extend((roster) => ({ ...adding(grace)(roster), attn: maker.allowed }), { added: [grace] });
    domain.extend(({ attn: _, ...roster }) => roster);
    const { head } = await domain.verified();
    expect(head.roster.admins.flatMap(({ creds }) => creds.map((one) => (one as { att?: string }).att))).toEqual([
      "none",
      "verified",
    ]);
  });
});

describe("what authenticators say of their maker, changed anywhere", () => {
  test.each([
    ["packed", maker],
    ["tpm", new SoftwareTpm("kelp tpm")],
  ] as const)("%s: is refused by code, never accepted as it was", async (_, by) => {
    const { passkey } = new SoftwareAdministrator({ seed: "changed", maker: by });
    const { clientDataJSON, attestationObject } = passkey.create(challenge, { counter: 0 });
    const honest = decodeBase64url(attestationObject);
    const judge = (bytes: Uint8Array) =>
      parseRegistration(
        { clientDataJSON, attestationObject: encodeBase64url(bytes) },
        { challenge, origin: passkey.origin, rpId: passkey.rpId },
        { allowed: by.allowed, at: 1_700_000_000 },
      );
    await expect(judge(honest)).resolves.toMatchObject({ att: "verified", credId: passkey.credId });
    await fc.assert(
      fc.asyncProperty(fc.nat(honest.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = honest.slice();
        bytes[at] = (bytes[at] ?? 0) ^ change;
        const verdict = await judge(bytes).catch((error: unknown) => error);
        expect(verdict).toBeInstanceOf(HoldfastError);
      }),
      { numRuns: 300 },
    );
  });

  test("any bytes are a certificate or a TPM's words, or refused by code", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        for (const read of [parseCertificate, readTpmAttest, readTpmPublic]) {
          try {
            read(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(HoldfastError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
