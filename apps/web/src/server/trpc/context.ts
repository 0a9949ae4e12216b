import type { Db, Role } from "@holdfast/db";
import { findSignedIn, type SessionRequest, type SignedIn } from "../auth/sessions.ts";
import { database } from "../database.ts";
import { readEnvironment, type WebEnvironment } from "../env.ts";
import { clientAddress } from "./client-address.ts";

/** What a procedure knows of its request. */
export interface Context extends SessionRequest {
  readonly db: Db;
  readonly environment: WebEnvironment;
  /** The network address it came from, as far as it can be told. */
  readonly address: string;
  /** Who is signed in; looked up once a request. */
  readonly signedIn: () => Promise<SignedIn | null>;
  /** The role an account has in a tenant; null when it has none. Looked up once a request. */
  readonly roleOf: (accountId: string, tenantId: string) => Promise<Role | null>;
}

/** The context of one HTTP request, shared by all calls of its batch. */
export async function createContext(headers: Headers, answer: Headers): Promise<Context> {
  return contextWith({ db: await database(), environment: readEnvironment(), headers, answer });
}

/** A context on a given database; tests make theirs so. */
export function contextWith(request: SessionRequest): Context {
  let signedIn: Promise<SignedIn | null> | null = null;
  let memberships: Promise<Map<string, string>> | null = null;
  return {
    ...request,
    address: clientAddress(request.headers),
    signedIn: () => {
      signedIn ??= findSignedIn(request);
      return signedIn;
    },
    roleOf: async (accountId, tenantId) => {
      memberships ??= request.db
        .membershipsOf(accountId)
        .then((rows) => new Map(rows.map((row) => [row.tenantId, row.role])));
      return ((await memberships).get(tenantId) as Role | undefined) ?? null;
    },
  };
}
