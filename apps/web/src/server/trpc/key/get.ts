import { changesOf, findKey, listClients, listEntries, usesOfKey } from "@holdfast/db";
import { z } from "zod";
import { WebError } from "../../web-error.ts";
import { environmentProcedure } from "../procedures.ts";
import { clientRow } from "../schemas/client.ts";
import { keyRow, keyVersion } from "../schemas/key.ts";
import { clientId, count, keyId, seconds } from "../schemas/plain.ts";
import { logEntry } from "../schemas/signed.ts";
import { told } from "../schemas/told.ts";
import { operationsOn } from "./operations-on.ts";

const DAY_SECONDS = 86_400;
const RECENT_DAYS = 30;
const SHOWN_ENTRIES = 20;

const user = z.strictObject({
  id: clientId,
  label: z.string(),
  ops: z.array(z.string()),
  count30d: count,
  lastUsedAt: seconds.nullable(),
});

const keyRecord = keyRow.extend({
  /** What the client that made it is called. */
  ownerLabel: z.string().nullable(),
  versions: z.array(keyVersion),
  clients: z.array(user),
  changes: z.array(z.strictObject({ at: seconds, kind: z.string() })),
  entries: z.array(logEntry),
});

/** Everything about one key: versions, who may use it and did, its changes and newest entries. */
export const get = environmentProcedure({ keyId })
  .output(told(keyRecord))
  .query(({ ctx, input }) =>
    ctx.inEnvironment(async (tx) => {
      const key = await findKey(tx, ctx.scope, input.keyId);
      if (key === null) throw new WebError("NOT_FOUND");
      const since = Math.floor(Date.now() / 1000 / DAY_SECONDS) - RECENT_DAYS;
      const uses = await usesOfKey(tx, ctx.scope, key.id, since);
      const clients = z.array(clientRow).parse(await listClients(tx, ctx.scope));
      const entries = await listEntries(tx, ctx.scope, { subject: key.id, limit: SHOWN_ENTRIES });
      return {
        ...key,
        ownerLabel: clients.find(({ id }) => id === key.ownerClient)?.label ?? null,
        clients: clients.flatMap(({ id, label, grants, state, permit }) => {
          // An enrolment secret opens nothing: who came by it is a client of its own.
          const ops = state === "active" && permit === null ? operationsOn(key, id, grants) : [];
          const use = uses.get(id);
          if (ops.length === 0 && use === undefined) return [];
          return [{ id, label, ops, count30d: use?.count ?? 0, lastUsedAt: use?.lastUsedAt ?? null }];
        }),
        changes: await changesOf(tx, ctx.scope, key.id),
        entries: entries.rows,
      };
    }),
  );
