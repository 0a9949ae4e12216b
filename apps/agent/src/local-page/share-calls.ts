import type { Agent } from "../agent.ts";
import type { OpenDrill } from "../custody/escrow/drills.ts";
import { onlyFields, textField } from "../json-http/fields.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import { domainOf } from "./page-domain.ts";

/** What custodians are asked for at a serving agent: the drill that is open, or nothing. */
export function sharesAsked(agent: Agent, origin: string) {
  const drill = domainOf(agent).drills.open();
  const rpId = new URL(origin).hostname;
  return drill === null ? { kind: "none" } : { ...drillAsked(drill), rpId };
}

/** Takes a custodian's answer. @throws {@link CustodyError} `E_DRILL`, `E_SHARE` */
export function answerDrill(agent: Agent, body: JsonCall["body"]) {
  onlyFields(body, ["drill", "seat", "answer"]);
  const [cmd, seat, answer] = [
    textField(body, "drill", 64),
    textField(body, "seat", 64),
    textField(body, "answer", 64),
  ];
  return { progress: drillProgress(domainOf(agent).drills.answer(cmd, seat, answer)) };
}

/** A drill as a custodian's tool needs it: the backup's manifest and shares, all public, and the nonce. */
export function drillAsked(drill: OpenDrill) {
  const { cmd, nonce, trailer } = drill;
  const { signedManifest, signedShares } = trailer;
  const [manifest, manifestSig, shares] = [signedManifest.bytes, signedManifest.signature, signedShares.bytes].map(
    (bytes) => Buffer.from(bytes).toString("base64url"),
  );
  return { kind: "drill", drill: cmd, nonce, manifest, manifestSig, shares, progress: drillProgress(drill) };
}

function drillProgress({ trailer, answered }: OpenDrill) {
  const { k, custodians } = trailer.manifest.escrow;
  return {
    k,
    given: custodians.filter(({ seat }) => answered.has(seat)).map(({ label }) => label),
    custodians: custodians.map(({ label }) => label),
  };
}
