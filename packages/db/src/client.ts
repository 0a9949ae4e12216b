import { PrismaPg } from "@prisma/adapter-pg";
import { DbError } from "./errors.ts";
import { PrismaClient } from "./generated/client.ts";

/** How a login role's connections are made. */
export interface ClientOptions {
  readonly url: string;
  /** Most connections at once. */
  readonly maxConnections?: number;
  /** Told when an idle connection breaks; the next use opens another. */
  readonly onConnectionLost?: (error: Error) => void;
}

const STATEMENT_TIMEOUT_MS = 15_000;
const TRANSACTION = { maxWait: 10_000, timeout: 20_000 } as const;

/** Opens a client for one login role. Only tenancy.ts and identity/ are given it. */
export function openClient(options: ClientOptions): PrismaClient {
  const lost = options.onConnectionLost ?? (() => undefined);
  const adapter = new PrismaPg(
    {
      connectionString: options.url,
      max: options.maxConnections ?? 10,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: 30_000,
      connectionTimeoutMillis: 10_000,
      application_name: "holdfast",
    },
    { onPoolError: lost, onConnectionError: lost },
  );
  return new PrismaClient({ adapter, errorFormat: "minimal", transactionOptions: TRANSACTION });
}

/**
 * Refuses a login role that row-level security would not hold: an owner of tables, a superuser, or one that may bypass.
 *
 * @throws {@link DbError} `DB_ROLE`
 */
export async function checkRole(client: PrismaClient): Promise<void> {
  const [role] = await client.$queryRaw<{ name: string; powerful: boolean; owns: boolean }[]>`
    SELECT rolname::text AS name, rolsuper OR rolbypassrls OR rolcreaterole AS powerful,
      EXISTS (
        SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('app', 'identity') AND pg_catalog.pg_has_role(current_user, c.relowner, 'MEMBER')
      ) AS owns
    FROM pg_catalog.pg_roles WHERE rolname = current_user`;
  if (role && !role.powerful && !role.owns) return;
  throw new DbError(
    "DB_ROLE",
    `The control plane's server would log in as ${role?.name ?? "nobody"}, whom row-level security does not hold.`,
    "Give it the addresses of holdfast_app and holdfast_identity; only migrations log in as the owner.",
    { role: role?.name ?? "" },
  );
}
