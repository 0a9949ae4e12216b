/**
 * The control plane's database: who may see what of a tenant, and who somebody is before a tenant is known.
 *
 * @example
 * ```ts
 * const db = await openDb({ appUrl, identityUrl });
 * const environments = await db.withTenant(tenantId, (tx) => listEnvironments(tx, tenantId));
 * ```
 *
 * @packageDocumentation
 */
export { DbError, type DbErrorCode } from "./errors.ts";
export { CHANNELS, EVENT_KINDS, type EventKind, EventListener, type HoldfastEvent, parseEvent } from "./events.ts";
export { Identity } from "./identity/identity.ts";
export { type MigrationOptions, runMigrations } from "./migrate/run-migrations.ts";
export { notifyEvent, notifyMailbox } from "./notify.ts";
export { type Db, type DbOptions, openDb } from "./open-db.ts";
export type { OwnMembership, Scope, TenantClient } from "./tenancy.ts";
export { uuidV7 } from "./uuid-v7.ts";
