import {
  approveChallenge,
  encodeBase64url,
  encodeCanonical,
  encodeRoster,
  type HostedAnswer,
  type HostedAsk,
  type HostedChangeAsk,
  type HostedPasskey,
  type HostedPasskeyAsk,
  hostedAnswer,
  hostedAsk,
  hostedChangeAsk,
  hostedPasskey,
  hostedPasskeyAsk,
  MOST_HOSTED_BYTES,
} from "@holdfast/protocol";
import { SoftwareDomain } from "../../domain/software-domain.ts";
import { SoftwarePasskey } from "../../passkey/software-passkey.ts";
import { documentInput } from "../input-bytes.ts";
import { accepted, type Case, refused } from "../vector.ts";

const domain = SoftwareDomain.found({ seed: "vector hosted" });
const passkey = new SoftwarePasskey({ channel: "hosted", rpId: "approve.example", seed: "vector hosted page" });
const proposal = domain.propose({ act: "domain.lock", args: {} });
const other = domain.propose({ act: "domain.lock", args: {}, reason: "Another" });

/** What goes to the operator's page and comes back. */
export function hostedCases(): Case[] {
  const ask: HostedAsk = {
    ...{ typ: "hosted-ask", ver: 1, place: "/org/production" },
    ...{ docs: [proposal.doc], creds: [passkey.credId] },
  };
  const change: HostedChangeAsk = {
    ...{ typ: "hosted-change-ask", ver: 1, place: ask.place, creds: ask.creds },
    doc: encodeBase64url(encodeRoster(domain.nextRoster())),
  };
  const approval = { credId: passkey.credId, ...passkey.get(approveChallenge(1, [proposal.hash])) };
  const answer: HostedAnswer = {
    ...{ typ: "hosted-answer", ver: 1 },
    approval: { decision: 1, list: [proposal.hash], ...approval },
  };
  const id = "a".repeat(26);
  const passkeyAsk: HostedPasskeyAsk = {
    ...{ typ: "hosted-passkey-ask", ver: 1, aid: domain.agent.aid, inviteId: id, adm: id },
    ...{ name: "Holdfast approvals: Production (hosted)", have: [], attestation: "none", back: "https://keys.example" },
  };
  const made: HostedPasskey = {
    ...{ typ: "hosted-passkey", ver: 1, inviteId: id },
    attestation: passkey.create(approveChallenge(1, [proposal.hash])),
    possession: approval,
  };
  const bad = (check: string, name: string, document: object, why: string, code = "E_SCHEMA") =>
    refused(code, check, name, { bytes: documentInput(encodeCanonical(document as never)) }, why);
  const large = encodeBase64url(new Uint8Array(MOST_HOSTED_BYTES));
  return [
    accepted(
      "hostedAsk",
      "of one command",
      { bytes: documentInput(hostedAsk.encode(ask)) },
      {
        ...{ why: "its bytes, and passkeys that may decide", near: "E_SCHEMA" },
      },
    ),
    bad("hostedAsk", "without a command", { ...ask, docs: [] }, "one"),
    bad("hostedAsk", "of one command twice", { ...ask, docs: [proposal.doc, proposal.doc] }, "a touch names each once"),
    bad("hostedAsk", "of two commands", { ...ask, docs: [proposal.doc, other.doc].sort() }, "a touch is of one"),
    bad("hostedAsk", "without a passkey", { ...ask, creds: [] }, "none could decide"),
    bad(
      "hostedAsk",
      "that names where to go back",
      { ...ask, back: "https://evil.example" },
      "the page knows its dashboard",
    ),
    bad("hostedAsk", "for a place elsewhere", { ...ask, place: "//evil.example/x" }, "two segments of a path"),
    bad("hostedAsk", "for a place outside", { ...ask, place: "/org/../x" }, "two segments of a path"),
    bad("hostedAsk", "that is too large", { ...ask, docs: [large] }, "an address holds it", "E_LIMIT"),
    accepted(
      "hostedChangeAsk",
      "without what it follows",
      { bytes: documentInput(hostedChangeAsk.encode(change)) },
      {
        ...{ why: "the page says that it cannot tell what changes", near: "E_SCHEMA" },
      },
    ),
    bad("hostedChangeAsk", "of several", { ...change, docs: [change.doc] }, "a change is decided by itself"),
    bad("hostedAsk", "of another kind", answer, "each kind is read alone", "E_UNSUPPORTED"),
    accepted(
      "hostedAnswer",
      "with an approval",
      { bytes: documentInput(hostedAnswer.encode(answer)) },
      {
        ...{ why: "judged by its signature where it arrives", near: "E_SCHEMA" },
      },
    ),
    bad("hostedAnswer", "that proposes", { ...answer, approval: { ...answer.approval, decision: 0 } }, "1 or 2"),
    accepted(
      "hostedPasskeyAsk",
      "for a page of the customer",
      { bytes: documentInput(hostedPasskeyAsk.encode(passkeyAsk)) },
      {
        ...{ why: "https on a name", near: "E_SCHEMA" },
      },
    ),
    bad(
      "hostedPasskeyAsk",
      "back to plain http",
      { ...passkeyAsk, back: "http://keys.example" },
      "https, or http below localhost",
    ),
    bad("hostedPasskeyAsk", "back to a script", { ...passkeyAsk, back: "javascript:alert(1)" }, "an origin"),
    bad("hostedPasskeyAsk", "with the invitation", { ...passkeyAsk, invitation: "x" }, "the page never learns it"),
    accepted(
      "hostedPasskey",
      "that was made",
      { bytes: documentInput(hostedPasskey.encode(made)) },
      {
        ...{ why: "judged by the agent", near: "E_SCHEMA" },
      },
    ),
    bad("hostedPasskey", "without its first signature", { ...made, possession: {} }, "possession is proved"),
  ];
}
