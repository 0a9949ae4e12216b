import { ACTS, type Act, type Approval, type Credential, type SignaturePurpose } from "@holdfast/protocol";
import { approveBy, approveRaw } from "../../domain/approve.ts";
import { SoftwareAdministrator } from "../../domain/software-administrator.ts";
import { SoftwareKey } from "../../keys/software-key.ts";
import { accepted, type Case, refused } from "../vector.ts";

const HASHES = [
  "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
  "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8",
  "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8",
] as const;
const [FIRST] = HASHES;
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => Buffer.alloc(32, index + 1).toString("base64url"));

function challengeCases(): Case[] {
  const why = "what a passkey signs over";
  return [
    ...[0, 1, 2].map((decision) =>
      accepted("approveChallenge", `decision ${decision}`, { decision, list: HASHES }, { why, near: "E_SCHEMA" }),
    ),
    accepted("approveChallenge", "the list in another order", { decision: 1, list: [...HASHES].reverse() }, { why }),
    accepted("approveChallenge", "50 documents", { decision: 1, list: many(50) }, { why, near: "E_SCHEMA" }),
    refused("E_SCHEMA", "approveChallenge", "no document", { decision: 1, list: [] }, "1 to 50"),
    refused("E_SCHEMA", "approveChallenge", "51 documents", { decision: 1, list: many(51) }, "1 to 50"),
    refused("E_SCHEMA", "approveChallenge", "a document twice", { decision: 1, list: [FIRST, FIRST] }, "no repeats"),
    refused("E_CANON", "approveChallenge", "a short hash", { decision: 1, list: ["AAAA"] }, "32 bytes"),
    accepted("registerChallenge", "an invitation", { aid: "a_x", inviteId: "i", adm: "m" }, { why }),
    accepted("ackChallenge", "duties", { hash: FIRST }, { why }),
  ];
}

function shapeCases(approval: Approval, raw: Approval): Case[] {
  const bad = (name: string, change: object, why: string) =>
    refused("E_SCHEMA", "parseApproval", name, { approval: { ...approval, ...change } }, why);
  const { sig: _, ...unsigned } = raw as Approval & { sig: string };
  return [
    accepted("parseApproval", "by passkey", { approval }, { why: "all members, no others", near: "E_SCHEMA" }),
    accepted("parseApproval", "by a raw key", { approval: raw }, { why: "no assertion members", near: "E_SCHEMA" }),
    bad("a fourth decision", { decision: 3 }, "0, 1 or 2"),
    bad("a decision as text", { decision: "1" }, "an integer"),
    bad("an empty list", { list: [] }, "1 to 50 documents"),
    bad("a list with a repeat", { list: [FIRST, FIRST] }, "no repeats"),
    bad("a list of 51", { list: many(51) }, "1 to 50 documents"),
    bad("a member more", { userHandle: "AA" }, "no other members"),
    refused("E_SCHEMA", "parseApproval", "without signature", { approval: unsigned }, "always there"),
    refused("E_SCHEMA", "parseApproval", "nothing", { approval: null }, "an object"),
    refused("E_SCHEMA", "parseApproval", "a list", { approval: [approval] }, "an object"),
  ];
}

function verifyCases(ada: SoftwareAdministrator, local: SoftwareAdministrator): Case[] {
  const check = "verifyApproval";
  const [credential] = ada.credentials as [Credential];
  const [localCredential] = local.credentials as [Credential];
  const approval = approveBy(ada, HASHES, { counter: 3 });
  const raw = approveBy(local, HASHES);
  const hosted = new SoftwareAdministrator({
    label: "Hal",
    channel: "hosted",
    rpId: "approve.example",
    seed: "vector hosted touch",
  });
  const [hostedCredential] = hosted.credentials as [Credential];
  const bad = (code: string, name: string, changed: object, why: string) =>
    refused(code, check, name, { approval: { ...approval, ...changed }, credential }, why);
  const recover = approveRaw(local.localKey as SoftwareKey, HASHES, "recover");
  return [
    accepted(check, "by passkey", { approval, credential }, { why: "over three documents", near: "E_CRED_UNKNOWN" }),
    accepted(
      check,
      "by the local administrator",
      { approval: raw, credential: localCredential },
      { why: "purpose local", near: "E_SIG" },
    ),
    accepted(
      check,
      "a rejection",
      { approval: approveBy(ada, [FIRST], { decision: 2, counter: 4 }), credential },
      { why: "decision 2 is signed too" },
    ),
    accepted(
      check,
      "of one command at a hosted page",
      { approval: approveBy(hosted, [FIRST]), credential: hostedCredential },
      { why: "one touch there is of one", near: "E_CHANNEL" },
    ),
    refused(
      "E_CHANNEL",
      check,
      "of two commands at a hosted page",
      { approval: approveBy(hosted, HASHES.slice(0, 2)), credential: hostedCredential },
      "whoever serves it chooses what is read",
    ),
    bad("E_CRED_UNKNOWN", "under another credential id", { credId: "AAAAAAAAAAAAAAAAAAAAAA" }, "not that credential"),
    refused(
      "E_CRED_UNKNOWN",
      check,
      "a raw key's under a passkey",
      { approval: { ...raw, credId: credential.credId }, credential },
      "kinds are not mixed",
    ),
    refused(
      "E_CRED_UNKNOWN",
      check,
      "a passkey's under a raw key",
      { approval: { ...approval, credId: localCredential.credId }, credential: localCredential },
      "kinds are not mixed",
    ),
    bad("E_ASSERT_CLIENTDATA", "turned into a rejection", { decision: 2 }, "the decision is signed"),
    bad("E_ASSERT_CLIENTDATA", "in another order", { list: [...HASHES].reverse() }, "the order is signed"),
    bad("E_ASSERT_CLIENTDATA", "with a document fewer", { list: HASHES.slice(0, 2) }, "the list is signed"),
    bad("E_ASSERT_CLIENTDATA", "with a document more", { list: [...HASHES, many(1)[0]] }, "the list is signed"),
    refused(
      "E_SIG",
      check,
      "a recovery key's signature",
      { approval: recover, credential: localCredential },
      "purposes are not mixed",
    ),
    refused(
      "E_SIG",
      check,
      "a raw key's for another list",
      { approval: { ...raw, list: [FIRST] }, credential: localCredential },
      "the list is signed",
    ),
  ];
}

const PURPOSES: readonly SignaturePurpose[] = [
  "genesis",
  "local",
  "recover",
  "veto",
  "receipt",
  "attest",
  "rootxfer",
  "import",
  "manifest",
  "ack",
];

function purposeCases(): Case[] {
  const check = "verifyRawSignature";
  const key = SoftwareKey.make("ES256", "vector aik");
  const edwards = SoftwareKey.make("EdDSA", "vector recovery");
  const input = (by: SoftwareKey, signed: SignaturePurpose, purpose: SignaturePurpose) => {
    return { cose: by.coseText, purpose, hash: FIRST, signature: by.signRaw(signed, FIRST) };
  };
  const honest = input(key, "receipt", "receipt");
  return [
    ...PURPOSES.flatMap((purpose, index) => {
      const next = PURPOSES[(index + 1) % PURPOSES.length] ?? "genesis";
      return [
        accepted(check, `for ${purpose}`, input(key, purpose, purpose), { why: "ECDSA as r and s", near: "E_SIG" }),
        refused(
          "E_SIG",
          check,
          `for ${purpose}, offered as ${next}`,
          input(key, purpose, next),
          "each kind offered as another",
        ),
      ];
    }),
    accepted(check, "by Ed25519", input(edwards, "recover", "recover"), { why: "64 bytes", near: "E_SIG" }),
    refused("E_SIG", check, "of another hash", { ...honest, hash: HASHES[1] }, "does not fit"),
    refused("E_SIG", check, "padded", { ...honest, signature: `${honest.signature}=` }, "canonical base64url"),
    refused(
      "E_SIG",
      check,
      "in DER",
      { ...honest, signature: Buffer.from(key.sign(new Uint8Array(1), "der")).toString("base64url") },
      "raw keys write r and s",
    ),
    refused("E_CANON", check, "under something that is no key", { ...honest, cose: "oA" }, "an empty map"),
  ];
}

function channelCases(): Case[] {
  const why = "which pages' approvals count";
  const acts = [...ACTS, "roster.update"] as readonly Act[];
  return acts.flatMap((act) => [
    ...(["customer", "this-machine", "local", "hosted"] as const).map((channel) =>
      accepted("channelCounts", `${channel} for ${act}`, { channel, act, extractable: false }, { why }),
    ),
    accepted(
      "channelCounts",
      `hosted for ${act} of a key that may leave`,
      { channel: "hosted", act, extractable: true },
      { why },
    ),
  ]);
}

/** docs/spec/approval.md: what is signed, and by which channel it counts. */
export function approvalCases(): Case[] {
  const ada = new SoftwareAdministrator({ seed: "vector" });
  const local = SoftwareAdministrator.local("vector");
  return [
    ...challengeCases(),
    ...shapeCases(approveBy(ada, [FIRST], { counter: 1 }), approveBy(local, [FIRST])),
    ...verifyCases(ada, local),
    ...purposeCases(),
    ...channelCases(),
  ];
}
