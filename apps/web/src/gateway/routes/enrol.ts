import { createHash } from "node:crypto";
import { findEnvironment, introduceAgent, notifyEvent } from "@holdfast/db";
import { deriveAid, findBase64url } from "@holdfast/protocol";
import { z } from "zod";
import type { Gateway } from "../gateway.ts";
import { GatewayError } from "../gateway-error.ts";
import { line } from "../http/fields.ts";
import { readFields } from "../http/read-fields.ts";

const fields = z.strictObject({
  secret: z.string().regex(/^[A-Za-z0-9_-]{22,86}$/),
  aid: z.string().regex(/^a_[a-z2-7]{26}$/),
  aik: z.string().min(16).max(800),
  name: line(128),
  version: line(64),
});

/** An agent that asks for a mailbox: who it says it is. Its signature by that key is verified before anything is done. */
export type Enrolment = z.infer<typeof fields>;

/** Reads an enrolment. @throws {@link GatewayError} `E_SCHEMA`, `E_SIG` for an id that is not the key's */
export function readEnrolment(body: unknown, aid: string): Enrolment {
  const enrolment = readFields(fields, body);
  const aik = findBase64url(enrolment.aik);
  if (aik === null || enrolment.aid !== aid || deriveAid(aik) !== aid) {
    throw new GatewayError("E_SIG", "The agent's id is not its key's.");
  }
  return enrolment;
}

/** What the control plane keeps of a token's secret. */
export function tokenHashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

const MOST_FROM_AN_ADDRESS = 60;
const WINDOW_SECONDS = 3600;

/** Uses the token up and gives the agent a mailbox. @throws {@link GatewayError} `E_TOKEN`, `E_RATE` */
export async function enrol({ db }: Gateway, enrolment: Enrolment, address: string): Promise<object> {
  const tries = await db.identity.attempts.count(`enrol: ${address}`, WINDOW_SECONDS);
  if (tries > MOST_FROM_AN_ADDRESS) throw new GatewayError("E_RATE", "Too many enrolments from one address.");
  const { secret, aid, aik, name, version } = enrolment;
  const scope = await db.identity.routes.enrol(tokenHashOf(secret), { aid, aik });
  if (scope === null) throw new GatewayError("E_TOKEN", "The token is unknown, used up, too old or another's.");
  return db.withTenant(scope.tenantId, async (tx) => {
    const environment = await findEnvironment(tx, scope);
    if (environment === null) throw new GatewayError("E_TOKEN", "The token's environment is gone.");
    await introduceAgent(tx, scope, { aid, name, version });
    await notifyEvent(tx, scope, "agent");
    return { environment: { id: scope.environmentId, name: environment.name } };
  });
}
