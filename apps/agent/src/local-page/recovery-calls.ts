import { DECISION, parseApproval } from "@holdfast/protocol";
import type { Agent } from "../agent.ts";
import { objectField, onlyFields } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import { decideByRecoveryKey, recoveryState } from "../roster/recovery.ts";
import { domainOf } from "./page-domain.ts";

/**
 * Recovery as it stands, for everybody who opens the page: a recovery is announced, so that nobody is replaced unseen. It
 * says who gets other passkeys as well; whoever may object has to see what to.
 */
export function recovery(agent: Agent) {
  const domain = domainOf(agent);
  return {
    ...recoveryState(domain),
    rpId: new URL(agent.pageOrigin ?? "http://none.invalid").hostname,
    /** Passkeys of this page, which may object. */
    credIds: domain.rosters
      .current()
      .roster.admins.flatMap(({ creds }) => creds)
      .filter((credential) => "origin" in credential && credential.origin === agent.pageOrigin)
      .map(({ credId }) => credId),
  };
}

/**
 * Takes what a recovery key signed in the browser: a recovery, or an objection to a change of the recovery keys. The key
 * itself never comes here.
 *
 * @throws {@link AdmissionError} `E_PRESTATE`; {@link HttpRefusal} `E_SCHEMA`
 */
export function signRecovery(agent: Agent, body: JsonCall["body"]) {
  onlyFields(body, ["approval"]);
  return decideByRecoveryKey(domainOf(agent), parseApproval(objectField(body, "approval")));
}

/** Takes an administrator's objection by passkey. @throws {@link HttpRefusal} `E_SCHEMA` */
export async function objectToRecovery(agent: Agent, body: JsonCall["body"]) {
  onlyFields(body, ["approval"]);
  const approval = parseApproval(objectField(body, "approval"));
  const [hash = ""] = approval.list;
  if (approval.decision !== DECISION.reject || !("clientDataJSON" in approval) || approval.list.length !== 1)
    throw new HttpRefusal(400, "E_SCHEMA", "This is not an objection by a passkey to one recovery.");
  const { credId, clientDataJSON, authData, sig } = approval;
  const assertion = { credId, clientDataJSON, authData, sig };
  return domainOf(agent).links.decide({ decision: DECISION.reject, hash, assertion });
}
