import { timeOf } from "./model-clock.ts";
import { append, type Ids, ModelRefusal } from "./model-log.ts";
import type { ModelAnswer, ModelClient, ModelCommand, ModelState } from "./model-state.ts";
import { write } from "./model-transaction.ts";

/** What a command about clients does. */
export function changeClients(state: ModelState, { act, args, target }: ModelCommand, { client: id }: Ids): number {
  const now = timeOf(state.clock);
  if (act === "client.enrol") {
    const { label, auth, grants } = args;
    return put(state, id, act, {
      ...{ label, grants, state: "active", auth: { kind: "mtls" }, spki: null, created: now },
      notAfter: now + auth.validitySec,
    });
  }
  if (act === "client.permit") return permit(state, id, { args, now });
  const before = state.clients.get(target?.id ?? "") as ModelClient;
  if (act === "client.update") {
    if (before.state !== "active" || before.permit !== undefined) throw new ModelRefusal("E_PRESTATE");
    return put(state, target?.id ?? "", act, { ...before, grants: args.grants });
  }
  const came = [...state.clients].filter(([, { auth }]) => args.issued === true && auth.permit === target?.id);
  const leaf = withdraw(state, target?.id ?? "", before);
  for (const [each, client] of came) if (client.state === "active") withdraw(state, each, client);
  return leaf;
}

/** A secret that lets clients in is a client that opens nothing. */
function permit(state: ModelState, id: string, { args, now }: { args: ModelCommand["args"]; now: number }): number {
  const { label, ops, group, most, networks, validitySec, renewable, until } = args;
  if (until <= now) throw new ModelRefusal("E_ARGS");
  return put(state, id, "client.permit", {
    ...{ label, state: "active", auth: { kind: "permit" }, spki: null, created: now, notAfter: until },
    ...{ grants: [{ ops, keys: { kind: "group", id: group } }], permit: { most, networks, validitySec, renewable } },
  });
}

function withdraw(state: ModelState, id: string, before: ModelClient): number {
  const revoked = before.state === "revoked" ? {} : { state: "revoked", revoked: timeOf(state.clock) };
  return put(state, id, "client.revoke", { ...before, ...revoked });
}

function put(state: ModelState, id: string, kind: string, client: Omit<ModelClient, "head">): number {
  const head = append(state, kind, id);
  state.clients.set(id, { ...client, head });
  return head;
}

/** Somebody without a certificate asks to be let in. */
export interface ModelEnrolment {
  /** The permit whose secret it is; null for a secret of none. */
  readonly permit: string | null;
  /** The networks that the address is in. */
  readonly within: readonly string[];
  /** The identity of the key, and the client's id that follows from both. */
  readonly spki: string;
  readonly client: string;
}

/** By an enrolment secret clients come without an approval of each: so many, so long, from there, and no key twice. */
export function enrolBySecret(state: ModelState, { permit: id, within, spki, client }: ModelEnrolment): ModelAnswer {
  const now = timeOf(state.clock);
  const counted = (code: string): ModelAnswer => {
    state.counted.push(code);
    return { outcome: "refused", code };
  };
  const by = id === null ? undefined : state.clients.get(id);
  if (id === null || by?.permit === undefined) return counted("E_PERMIT");
  const { most, networks, validitySec, renewable } = by.permit;
  if (!networks.some((each) => within.includes(each))) return counted("E_PERMIT");
  if (by.state !== "active" || now >= by.notAfter) return counted("E_PERMIT_OVER");
  const owner = [...state.clients.values()].find((each) => each.spki === spki);
  if (owner !== undefined) {
    const again = owner.auth.permit === id && owner.state === "active" && now < owner.notAfter;
    return again ? { outcome: "let in before" } : { outcome: "refused", code: "E_INPUT" };
  }
  if (state.recovering || state.rolledBack) return { outcome: "refused", code: "E_RECOVERING" };
  if (state.locked) return { outcome: "refused", code: "E_LOCKED" };
  const earlier = [...state.clients.values()].filter(({ auth }) => auth.permit === id).length;
  if (earlier >= most) return counted("E_PERMIT_OVER");
  const notAfter = now + validitySec;
  write(state, () =>
    put(state, client, "client.enrol", {
      ...{ label: `${by.label} ${earlier + 1}`, state: "active", auth: { kind: "mtls", permit: id }, spki },
      ...{ grants: by.grants, created: now, notAfter, ...(renewable ? {} : { limit: notAfter }) },
    }),
  );
  return { outcome: "let in" };
}
