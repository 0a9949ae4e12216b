import { encodeBase64url, type MakersAt, type Roster, type RosterLink, registerChallenge } from "@holdfast/protocol";
import { SoftwareAdministrator } from "../../domain/software-administrator.ts";
import { SoftwareDomain } from "../../domain/software-domain.ts";
import { der } from "../../keys/der.ts";
import { SoftwareKey } from "../../keys/software-key.ts";
import { extension, type MakerKnobs, SoftwareMaker } from "../../passkey/software-maker.ts";
import { SoftwarePasskey } from "../../passkey/software-passkey.ts";
import { SoftwareTpm, type TpmKnobs } from "../../passkey/software-tpm.ts";
import { accepted, type Case, refused } from "../vector.ts";

const CODE = "E_ROSTER_ATTN";
const CHALLENGE = registerChallenge({ aid: "a_x", inviteId: "i", adm: "m" });
const AT = 1_700_000_000;
const KELP = new SoftwareMaker("kelp");
const OTHER = SoftwareKey.make("ES256", "another maker");

type Allowed = MakersAt["allowed"];
type Chain = readonly Uint8Array[];

const withChain =
  (change: (chain: Chain) => Chain): NonNullable<MakerKnobs["statement"]> =>
  (members) => ({ ...members, x5c: change(members["x5c"] as Chain) });

function input(maker: SoftwareMaker | null, allowed: Allowed, { at = AT, be = false } = {}): Case["input"] {
  const passkey = new SoftwarePasskey({ seed: "vector", be, ...(maker ? { maker } : {}) });
  const response = passkey.create(CHALLENGE, { counter: 0 });
  const where = { challenge: encodeBase64url(CHALLENGE), origin: passkey.origin, rpId: passkey.rpId };
  return { response, ...where, makers: { allowed, at } };
}

function packedCases(): Case[] {
  const ok = (name: string, given: Case["input"], why: string) =>
    accepted("parseRegistration", name, given, { why, near: CODE });
  const bad = (name: string, given: Case["input"], why: string) => refused(CODE, "parseRegistration", name, given, why);
  const by = (knobs: MakerKnobs, seed = "kelp") => new SoftwareMaker(seed, knobs);
  const lie = (name: string, knobs: MakerKnobs, why: string) => {
    const maker = by(knobs);
    return bad(name, input(maker, { ...KELP.allowed, aaguidAllow: [encodeBase64url(maker.aaguid)] }), why);
  };
  const { roots, aaguidAllow } = KELP.allowed;
  const direct = by({ depth: null });
  const [pinned] = direct.chain.map(encodeBase64url) as [string];
  const unnamed = by({ model: null });
  const another = new SoftwareMaker("another");
  const claimed = new SoftwarePasskey({ seed: "vector" }).credential().aaguid;
  return [
    ok(
      "of an allowed model",
      input(KELP, KELP.allowed),
      "its maker's certificate leads to the root and names the model",
    ),
    ok("of any model below the root", input(KELP, { aaguidAllow: [], roots }), "no models are named"),
    ok("issued by the root itself", input(direct, KELP.allowed), "nobody between"),
    ok("whose certificate is pinned itself", input(direct, { aaguidAllow, roots: [pinned] }), "it is the root"),
    ok("one root of two", input(KELP, { aaguidAllow, roots: [...another.allowed.roots, ...roots] }), "any of them"),
    ok("that names no model, where none are named", input(unnamed, { aaguidAllow: [], roots }), "nothing to compare"),
    bad("that only says of which model it is", input(null, { aaguidAllow: [claimed], roots }), "attestation none"),
    bad("of another model", input(KELP, { ...another.allowed, roots }), "not in the list"),
    bad("of another maker", input(KELP, { aaguidAllow, roots: another.allowed.roots }), "its root is not named"),
    bad("that can be copied", input(KELP, KELP.allowed, { be: true }), "nobody vouches for its copies"),
    bad("whose certificate names no model", input(unnamed, KELP.allowed), "models are named"),
    bad("before its certificate", input(KELP, KELP.allowed, { at: 1_500_000_000 }), "not valid yet"),
    bad("after its certificate", input(KELP, KELP.allowed, { at: 2_400_000_000 }), "not valid any more"),
    lie("whose certificate is of another model", { model: new Uint8Array(16) }, "the extension differs"),
    lie("whose model is critical", { modelCritical: true }, "it must not be"),
    lie("signed by another key", { signer: OTHER }, "not the certificate's"),
    lie("certified by another authority", { issuedBy: OTHER }, "not the root's"),
    lie("certified by what may issue certificates", { authority: true }, "an authority is no device"),
    lie("certified by what does not say whether it may", { authority: "absent" }, "it must say"),
    lie("certified for something else", { subject: { C: "EE", O: "Kelp", OU: "Web", CN: "x" } }, "another unit"),
    lie("certified for nobody", { subject: null }, "no subject"),
    lie(
      "whose certificate demands something unknown",
      { extensions: [extension("2.5.29.30", der(0x30), true)] },
      "critical and not understood",
    ),
    lie("signed in a way that is not taken", { alg: -65_535 }, "SHA-1"),
    lie("with a further member", { statement: (members) => ({ ...members, ver: "2.0" }) }, "exactly three"),
    lie("with no certificates", { statement: (members) => ({ ...members, x5c: [] }) }, "none"),
    lie(
      "with rubbish for a certificate",
      { statement: (members) => ({ ...members, x5c: [new Uint8Array(40)] }) },
      "not DER",
    ),
    lie(
      "with bytes after a certificate",
      {
        statement: withChain(([leaf = new Uint8Array(), ...rest]) => [Uint8Array.of(...leaf, 0), ...rest]),
      },
      "one certificate",
    ),
    lie("without the authority between", { statement: withChain((chain) => chain.slice(0, 1)) }, "no chain"),
    lie(
      "with the authority first",
      { statement: withChain((chain) => [...chain].reverse()) },
      "the first is the device's",
    ),
  ];
}

function tpmCases(): Case[] {
  const by = (knobs: TpmKnobs) => new SoftwareTpm("kelp tpm", knobs);
  const tpm = by({});
  const lie = (name: string, knobs: TpmKnobs, why: string) =>
    refused(CODE, "parseRegistration", name, input(by(knobs), tpm.allowed), why);
  const elsewhere = new SoftwareTpm("kelp tpm", { aaguid: new Uint8Array(16).fill(5) });
  return [
    accepted("parseRegistration", "in a TPM", input(tpm, tpm.allowed), { why: "certified by its own key", near: CODE }),
    refused(
      CODE,
      "parseRegistration",
      "in a TPM, of another model",
      input(elsewhere, { ...elsewhere.allowed }),
      "a TPM's certificate names none",
    ),
    lie("of which the TPM certifies another key", { certified: OTHER }, "the name differs"),
    lie("of which the TPM certifies another registration", { extraData: new Uint8Array(32) }, "extraData differs"),
    lie("of which the TPM quotes its state", { kind: "quote" }, "nothing about a key"),
    lie("whose key may leave the TPM", { attributes: 0x0004_0470 }, "not fixedTPM"),
    lie("whose TPM's certificate names somebody", { subject: { C: "EE", O: "K", OU: "K", CN: "K" } }, "it is empty"),
    lie("whose TPM's certificate is for something else", { extensions: [] }, "it attests keys"),
    lie(
      "with bytes after what the TPM signed",
      { certInfo: (bytes) => Uint8Array.of(...bytes, 0) },
      "to its last byte",
    ),
    lie("that no TPM made", { certInfo: (bytes) => Uint8Array.of(0, ...bytes.subarray(1)) }, "the TPM's own mark"),
    lie("of another version", { statement: (members) => ({ ...members, ver: "1.2" }) }, "2.0"),
    lie("in a TPM whose signature is another's", { signer: OTHER }, "not the certificate's"),
  ];
}

/** Links that add a passkey to a domain which names makers. */
function linkCases(): Case[] {
  const domain = SoftwareDomain.found({ seed: "vector makers" });
  const { allowed } = KELP;
  const named = (seed: string, maker?: SoftwareMaker, be = false) =>
    new SoftwareAdministrator({ label: "Grace", seed: `vector ${seed}`, be, ...(maker ? { maker } : {}) });
  const adding =
    (one: SoftwareAdministrator, change: (roster: Roster) => Roster = (roster) => roster) =>
    (roster: Roster): Roster =>
      change({ ...roster, attn: allowed, admins: [...roster.admins, one.rosterEntry()] });
  const link = (one: SoftwareAdministrator, change?: (roster: Roster) => Roster): RosterLink =>
    domain.signLink(domain.nextRoster(adding(one, change)), { added: [one], approval: { counter: 9 } });
  const given = (made: RosterLink) => ({ chain: domain.links, link: made, acceptedAt: domain.clock.now() });
  const ok = (name: string, made: RosterLink, why: string) =>
    accepted("acceptRosterLink", name, given(made), { why, near: CODE });
  const bad = (name: string, made: RosterLink, why: string, code = CODE) =>
    refused(code, "acceptRosterLink", name, given(made), why);
  const grace = named("grace", KELP);
  const honest = link(grace);
  const credential = (change: object) => (roster: Roster) => ({
    ...roster,
    admins: roster.admins.map((each) =>
      each.adm === grace.adm ? { ...each, creds: each.creds.map((one) => ({ ...one, ...change })) } : each,
    ),
  });
  const stranger = named("stranger", KELP).passkey.create(CHALLENGE, { counter: 0 });
  const ofAnother = named("other", KELP).possess(domain.agent.aid, "");
  const proof = (attestation: unknown) => ({
    ...honest,
    possession: honest.possession.map((each) => ({ ...each, attestation })) as never,
  });
  const without = ({ attn: _, ...roster }: Roster): Roster => roster;
  return [
    ok("that adds a passkey of an allowed maker", honest, "its registration comes along"),
    ok(
      "that names makers",
      domain.signLink(
        domain.nextRoster((roster) => ({ ...roster, attn: allowed })),
        { approval: { counter: 9 } },
      ),
      "passkeys from before stay as they were recorded",
    ),
    bad("that adds an unattested passkey", link(named("plain")), "makers are named"),
    bad("that only calls a passkey verified", proof(undefined), "its registration is missing"),
    bad("that adds a passkey of another maker", link(named("another", new SoftwareMaker("another"))), "not allowed"),
    bad("that adds a passkey that can be copied", link(named("synced", KELP, true)), "synced"),
    bad("that does not call it verified", link(grace, credential({ att: "none" })), "what is proved is said"),
    bad(
      "that gives it another model",
      link(grace, credential({ aaguid: encodeBase64url(new Uint8Array(16)) })),
      "forged",
    ),
    bad(
      "with another passkey's registration",
      proof((ofAnother[0] as { attestation?: unknown }).attestation),
      "another challenge",
      "E_ASSERT_CLIENTDATA",
    ),
    bad("with a registration of another invitation", proof(stranger), "another challenge", "E_ASSERT_CLIENTDATA"),
    bad("that calls a passkey verified and names no makers", link(grace, without), "nobody has judged it"),
    bad(
      "with a root that is no certificate",
      link(grace, (roster) => ({ ...roster, attn: { aaguidAllow: [], roots: ["AAAA"] } })),
      "DER of one certificate",
      "E_ROSTER_SCHEMA",
    ),
  ];
}

/** docs/spec/approval.md section 4 and roster.md: makers of passkeys. */
export function makerCases(): Case[] {
  return [...packedCases(), ...tpmCases(), ...linkCases()];
}
