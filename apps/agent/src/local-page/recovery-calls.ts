import { parseApproval } from "@holdfast/protocol";
import type { Agent } from "../agent.ts";
import { objectField, onlyFields } from "../json-http/fields.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import { passkeysAt } from "../roster/passkeys-at.ts";
import { decideByRecoveryKey, recoveryState } from "../roster/recovery.ts";
import { domainOf } from "./page-domain.ts";

/**
 * Recovery as it stands, for everybody who opens the page: a recovery is announced, so that nobody is replaced unseen. It
 * says who gets other passkeys as well; whoever may object has to see what to.
 */
export function recovery(agent: Agent, origin: string) {
  const domain = domainOf(agent);
  return {
    ...recoveryState(domain),
    /** Passkeys of this page that are good: who waited sees that theirs are among them. */
    inForce: passkeysAt(domain.rosters.current().roster, origin),
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
