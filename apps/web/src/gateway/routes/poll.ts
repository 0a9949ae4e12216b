import {
  AnswerSpace,
  findSettledSize,
  type MailboxContents,
  noteAgentRun,
  notifyEvent,
  raiseAlarm,
  takeCarried,
  takeLinks,
  takeMail,
  writeAgentStatus,
} from "@holdfast/db";
import { encodeBase64url, encodeEnvelope, parseApproval } from "@holdfast/protocol";
import { z } from "zod";
import type { AgentRequest } from "../http/agent-request.ts";
import { agentStatus, toAgentStatus } from "../http/agent-status.ts";
import { hash } from "../http/fields.ts";
import { readFields } from "../http/read-fields.ts";

const LONGEST_WAIT_SECONDS = 25;
const MOST_KNOWN = 2_500;

const fields = z.strictObject({
  wait: z.number().min(0).max(LONGEST_WAIT_SECONDS),
  status: agentStatus,
  known: z.array(hash).max(MOST_KNOWN),
  run: z
    .string()
    .regex(/^[A-Za-z0-9_-]{22}$/)
    .nullish(),
});

/** What waits for an agent; changes of administrators and rules, and decisions made at the hosted page, come as envelopes. */
interface Mail extends MailboxContents {
  readonly links: readonly { readonly hash: string; readonly envelope: string }[];
  readonly approvals: readonly { readonly id: string; readonly kind: string; readonly envelope: string }[];
}

/** Notes how the agent is, and answers with what waits for it, at once or as soon as there is something. */
export async function poll({ gateway, aid, scope, body, signal }: AgentRequest): Promise<Mail> {
  const { wait, status, known, run } = readFields(fields, body);
  const { db, wakes } = gateway;
  await db.withTenant(scope.tenantId, async (tx) => {
    if (await writeAgentStatus(tx, scope, { aid, status: toAgentStatus(status) }))
      await notifyEvent(tx, scope, "agent");
    const kept = await findSettledSize(tx, scope);
    if (status.size != null && status.size < kept) {
      await raiseAlarm(tx, scope, { aid, code: "E_LOG_ROLLBACK", detail: { size: status.size, kept } });
    }
    // A run that was followed by another and comes back: somebody runs a second copy under this identity.
    if (await noteAgentRun(tx, scope, { aid, run: run ?? "none" })) {
      await raiseAlarm(tx, scope, { aid, code: "C_DUP_AGENT", detail: {} });
      await notifyEvent(tx, scope, "agent");
    }
  });
  const until = performance.now() + wait * 1000;
  for (;;) {
    // Waiting begins before looking, so that what comes in between is not missed.
    const looked = new AbortController();
    const woken = wakes.wait(
      scope.environmentId,
      Math.max(0, until - performance.now()),
      AbortSignal.any([signal, looked.signal]),
    );
    const mail = await db.withTenant(scope.tenantId, async (tx) => {
      const space = new AnswerSpace();
      const carried = await takeCarried(tx, scope, space);
      const links = await takeLinks(tx, scope, { known, space, now: gateway.now() });
      if (links.length > 0) await notifyEvent(tx, scope, "roster");
      const taken = await takeMail(tx, scope, { aid, known, space, now: gateway.now() });
      if (taken.commands.length > 0) await notifyEvent(tx, scope, "command");
      return {
        ...taken,
        links: links.map(({ hash, ...link }) => ({ hash, envelope: envelopeOf(link) })),
        approvals: carried.map(({ id, kind, doc, approval }) => ({
          id,
          kind,
          envelope: decidedEnvelope(doc, approval),
        })),
      };
    });
    const isEmpty = [mail.commands, mail.links, mail.approvals, mail.requests].every(({ length }) => length === 0);
    if (!isEmpty || signal.aborted || performance.now() >= until) {
      looked.abort();
      return mail;
    }
    await woken;
  }
}

function envelopeOf({ doc, intros }: { readonly doc: string; readonly intros: readonly string[] }): string {
  return encodeBase64url(
    encodeEnvelope({ typ: "env", ver: 1, doc, approvals: [], ...(intros.length > 0 ? { intros } : {}) }),
  );
}

function decidedEnvelope(doc: string, approval: unknown): string {
  return encodeBase64url(encodeEnvelope({ typ: "env", ver: 1, doc, approvals: [parseApproval(approval)] }));
}
