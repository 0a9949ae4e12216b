import { checkRole, openClient } from "./client.ts";
import { EventListener } from "./events.ts";
import { Identity } from "./identity/identity.ts";
import { membershipsOf, type OwnMembership, type TenantClient, withTenant } from "./tenancy.ts";

/** Addresses of the two login roles. */
export interface DbOptions {
  readonly appUrl: string;
  readonly identityUrl: string;
  readonly maxConnections?: number;
  readonly onConnectionLost?: (error: Error) => void;
}

/** The control plane's database, as its servers use it. */
export interface Db {
  /** See {@link withTenant}. */
  withTenant<T>(tenantId: string, work: (tx: TenantClient) => Promise<T>): Promise<T>;
  membershipsOf(accountId: string): Promise<OwnMembership[]>;
  readonly identity: Identity;
  readonly events: EventListener;
  /** Whether both login roles get an answer; throws what they get instead. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the database and refuses login roles that row-level security does not hold.
 *
 * @throws {@link DbError} `DB_ROLE`
 */
export async function openDb(options: DbOptions): Promise<Db> {
  const { maxConnections, onConnectionLost } = options;
  const settings = {
    ...(maxConnections === undefined ? {} : { maxConnections }),
    ...(onConnectionLost === undefined ? {} : { onConnectionLost }),
  };
  const app = openClient({ url: options.appUrl, ...settings });
  const identity = openClient({ url: options.identityUrl, ...settings });
  const events = new EventListener(options.appUrl);
  const close = async () => {
    await Promise.all([events.close(), app.$disconnect(), identity.$disconnect()]);
  };
  try {
    await Promise.all([checkRole(app), checkRole(identity)]);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    withTenant: (tenantId, work) => withTenant(app, tenantId, work),
    membershipsOf: (accountId) => membershipsOf(app, accountId),
    identity: new Identity(identity),
    events,
    ping: async () => {
      await Promise.all([app.$queryRaw`SELECT 1`, identity.$queryRaw`SELECT 1`]);
    },
    close,
  };
}
