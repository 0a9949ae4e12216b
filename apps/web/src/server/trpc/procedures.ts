import { findEnvironment, type Role, type Scope, type TenantClient } from "@holdfast/db";
import { z } from "zod";
import { isFresh } from "../auth/sessions.ts";
import { WebError } from "../web-error.ts";
import { refusals, t } from "./trpc.ts";

/** Anybody may call these; each is named in public-procedures.test.ts, which refuses one more. */
export const publicProcedure = t.procedure.use(refusals);

/** The base of all others: without a session nothing is done. */
export const signedInProcedure = t.procedure.use(refusals).use(async ({ ctx, next }) => {
  const signedIn = await ctx.signedIn();
  if (signedIn === null) throw new WebError("UNAUTHORIZED");
  return next({ ctx: { ...signedIn, who: signedIn } });
});

/** For changes of passkeys and sessions: the person has just shown a passkey. */
export const freshProcedure = signedInProcedure.use(({ ctx, next }) => {
  if (!isFresh(ctx.who)) throw new WebError("STEP_UP");
  return next();
});

const WRITERS: readonly Role[] = ["owner", "administrator"];

/** How a procedure of a tenant is called. */
export interface Access {
  /** For what proposes, creates or changes: auditors and custodians only look. */
  readonly writes?: boolean;
}

/**
 * A procedure of one tenant. Whoever does not belong to it learns that there is nothing, whether it exists or not.
 *
 * `ctx.inTenant` runs in a transaction that reaches this tenant's rows only.
 */
export function tenantProcedure<Shape extends z.ZodRawShape>(shape: Shape, access: Access = {}) {
  return signedInProcedure.input(z.strictObject({ tenantId: z.uuid(), ...shape })).use(async ({ ctx, input, next }) => {
    const { tenantId } = input as { tenantId: string };
    const role = await ctx.roleOf(ctx.account.id, tenantId);
    if (role === null) throw new WebError("NOT_FOUND");
    if (access.writes && !WRITERS.includes(role)) throw new WebError("FORBIDDEN");
    const inTenant = <T>(work: (tx: TenantClient) => Promise<T>) => ctx.db.withTenant(tenantId, work);
    return next({ ctx: { tenantId, role, inTenant } });
  });
}

/** A procedure of one environment of one tenant. */
export function environmentProcedure<Shape extends z.ZodRawShape>(shape: Shape, access: Access = {}) {
  return tenantProcedure({ environmentId: z.uuid(), ...shape }, access).use(({ ctx, input, next }) => {
    const scope: Scope = { tenantId: ctx.tenantId, environmentId: (input as { environmentId: string }).environmentId };
    const inEnvironment = <T>(work: (tx: TenantClient) => Promise<T>) =>
      ctx.inTenant(async (tx) => {
        if ((await findEnvironment(tx, scope)) === null) throw new WebError("NOT_FOUND");
        return work(tx);
      });
    return next({ ctx: { scope, inEnvironment } });
  });
}
