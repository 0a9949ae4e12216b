import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { STORED_TABLE_NAMES } from "./repositories/stored-data.ts";
import { type Model, readModels } from "./testing/prisma-models.ts";
import { makeTestDatabase, type TestDatabase } from "./testing/test-database.ts";

/** Looked up before a tenant is known; each is named here, so that one more needs a reason. */
const IDENTITY_TABLES = [
  "account",
  "agent_nonce",
  "agent_route",
  "attempt",
  "challenge",
  "credential",
  "enrolment_token",
  "invitation",
  "notice_turn",
  "session",
  "witness_key",
];
/** The only index of schema app that does not lead with the tenant: "which organisations do I belong to". */
const UNTENANTED_INDEXES = ["membership_account_id_idx"];
/** What is history: added to, never changed. */
const APPEND_ONLY = ["log_entry", "log_node", "roster_link"];
const OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')";

let database: TestDatabase;
let tables: string[];

beforeAll(async () => {
  database = await makeTestDatabase();
  const rows = await database.query<{ name: string }>(
    "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'app' ORDER BY 1",
  );
  tables = rows.map(({ name }) => name);
});
afterAll(() => database.drop());

describe("every table of a tenant", () => {
  test("is there at all, and no other schema holds tables than the named ones", async () => {
    expect(tables).toHaveLength(26);
    const others = await database.query<{ name: string }>(
      "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'app') ORDER BY 1",
    );
    expect(others.map(({ name }) => name)).toEqual([
      ...IDENTITY_TABLES.map((name) => `identity.${name}`),
      "public._prisma_migrations",
    ]);
  });

  test("has row-level security that its owner obeys too", async () => {
    const loose = await database.query(
      `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'app' AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
    );
    expect(loose).toEqual([]);
  });

  test("has one policy for reading and writing by tenant; memberships alone have a second, for reading one's own", async () => {
    const policies = await database.query<Record<string, string>>(
      "SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'app' ORDER BY 1, 2",
    );
    const byTenant = policies.filter(({ policyname }) => policyname === "one_tenant");
    expect(byTenant.map(({ tablename }) => tablename)).toEqual(tables);
    for (const { tablename, cmd, roles, qual, with_check } of byTenant) {
      const column = tablename === "tenant" ? "id" : "tenant_id";
      const condition = `(${column} = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)`;
      expect({ tablename, cmd, roles, qual, with_check }).toEqual({
        tablename,
        cmd: "ALL",
        roles: "{public}",
        qual: condition,
        with_check: condition,
      });
    }
    const others = policies.filter(({ policyname }) => policyname !== "one_tenant");
    expect(others).toMatchObject([
      {
        tablename: "membership",
        policyname: "own_memberships",
        cmd: "SELECT",
        qual: "(account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid)",
      },
    ]);
  });

  test("leads with the tenant in its primary key and in every other key and index", async () => {
    const indexes = await database.query<{ tablename: string; indexname: string; first: string }>(
      `SELECT t.relname::text AS tablename, i.relname::text AS indexname, a.attname::text AS first
       FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
       JOIN pg_namespace n ON n.oid = t.relnamespace
       LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
       WHERE n.nspname = 'app'`,
    );
    expect(indexes.length).toBeGreaterThan(tables.length);
    const wrong = indexes.filter(
      ({ tablename, indexname, first }) =>
        first !== (tablename === "tenant" ? "id" : "tenant_id") && !UNTENANTED_INDEXES.includes(indexname),
    );
    expect(wrong).toEqual([]);
    const columns = await database.query<{ name: string }>(
      `SELECT table_name::text AS name FROM information_schema.columns
       WHERE table_schema = 'app' AND column_name = 'tenant_id' AND is_nullable = 'NO' AND data_type = 'uuid' ORDER BY 1`,
    );
    expect(columns.map(({ name }) => name)).toEqual(tables.filter((name) => name !== "tenant"));
  });

  test("row 84: refers to another table only together with its tenant", async () => {
    const keys = await database.query<{ from: string; to: string; columns: string[]; foreign: string[] }>(
      `SELECT c.conrelid::regclass::text AS "from", c.confrelid::regclass::text AS "to",
        ARRAY(SELECT attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, o) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY o) AS columns,
        ARRAY(SELECT attname::text FROM unnest(c.confkey) WITH ORDINALITY k(n, o) JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY o) AS foreign
       FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.contype = 'f' AND n.nspname = 'app'`,
    );
    const referring = new Set(keys.map((key) => key.from.replace("app.", "")));
    expect([...referring].sort()).toEqual(tables.filter((name) => name !== "tenant"));
    for (const { to, columns, foreign } of keys) {
      expect(to).toMatch(/^app\./);
      expect(columns[0]).toBe("tenant_id");
      expect(foreign[0]).toBe(to === "app.tenant" ? "id" : "tenant_id");
    }
    const crossing = await database.query(
      `SELECT conname FROM pg_constraint c JOIN pg_class f ON f.oid = c.confrelid
       WHERE c.contype = 'f' AND c.connamespace <> f.relnamespace`,
    );
    expect(crossing).toEqual([]);
  });

  test('is told of on the page "What we store about you"', () => {
    const models = readModels();
    const told = STORED_TABLE_NAMES.map((name) => models.find((model) => lowerFirst(model.name) === name)?.table);
    expect(told.sort()).toEqual(tables);
  });
});

describe("the database as a whole", () => {
  test("row 87: has nothing that would see past row-level security", async () => {
    const views = await database.query(
      `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS}
       AND (c.relkind = 'm' OR (c.relkind = 'v' AND NOT COALESCE('security_invoker=true' = ANY(c.reloptions), false)))`,
    );
    const functions = await database.query(
      `SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${OURS} AND p.prosecdef`,
    );
    const sequences = await database.query(
      `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS} AND c.relkind = 'S'`,
    );
    expect({ views, functions, sequences }).toEqual({ views: [], functions: [], sequences: [] });
  });

  test("has login roles that own nothing and can do nothing else", async () => {
    const roles = await database.query(
      `SELECT rolname::text, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit, rolcanlogin,
         EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid) AS member,
         EXISTS (SELECT FROM pg_class WHERE relowner = r.oid) AS owns
       FROM pg_roles r WHERE rolname LIKE 'holdfast\\_%' AND rolname <> current_user ORDER BY 1`,
    );
    const role = (rolname: string) => ({
      rolname,
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      rolinherit: false,
      rolcanlogin: true,
      member: false,
      owns: false,
    });
    expect(roles).toEqual([role("holdfast_app"), role("holdfast_identity")]);
  });

  test("lets each login role into its own schema only, and neither truncate nor refer", async () => {
    const grants = await database.query<{ grantee: string; table_schema: string; privilege_type: string }>(
      "SELECT DISTINCT grantee, table_schema, privilege_type FROM information_schema.role_table_grants WHERE grantee LIKE 'holdfast\\_%' AND grantee <> current_user ORDER BY 1, 2, 3",
    );
    const of = (grantee: string, table_schema: string) =>
      ["DELETE", "INSERT", "SELECT", "UPDATE"].map((privilege_type) => ({ grantee, table_schema, privilege_type }));
    expect(grants).toEqual([...of("holdfast_app", "app"), ...of("holdfast_identity", "identity")]);
    const open = await database.query(
      "SELECT table_name FROM information_schema.table_privileges WHERE grantee = 'PUBLIC' AND table_schema IN ('app', 'identity', 'public')",
    );
    expect(open).toEqual([]);
  });

  test("lets nobody who serves change history", async () => {
    const changes = await database.query(
      `SELECT table_name, privilege_type FROM information_schema.role_table_grants
       WHERE table_schema = 'app' AND grantee = 'holdfast_app' AND privilege_type NOT IN ('SELECT', 'INSERT')
       AND table_name = ANY($1)`,
      [APPEND_ONLY],
    );
    const columns = await database.query(
      `SELECT table_name, column_name FROM information_schema.role_column_grants
       WHERE table_schema = 'app' AND grantee = 'holdfast_app' AND privilege_type = 'UPDATE'
       AND (table_name = ANY($1) OR (table_name IN ('command', 'roster_proposal', 'carried_approval') AND column_name IN ('doc', 'intros', 'hash', 'approval', 'tenant_id')))`,
      [APPEND_ONLY],
    );
    expect({ changes, columns }).toEqual({ changes: [], columns: [] });
  });
});

describe("the models that code is generated from", () => {
  test("agree with the tables: columns, types, what may be absent, primary keys", async () => {
    const models = readModels();
    const columns = await database.query<Column>(
      `SELECT table_schema || '.' || table_name AS "table", column_name AS column, udt_name AS type,
        is_nullable = 'NO' AS required FROM information_schema.columns WHERE table_schema IN ('app', 'identity')`,
    );
    const found = columns.map(
      ({ table, column, type, required }) => `${table}.${column} ${type}${required ? "" : "?"}`,
    );
    expect(models.flatMap(declared).sort()).toEqual(found.sort());
    const keys = await database.query<{ table: string; columns: string[] }>(
      `SELECT c.conrelid::regclass::text AS "table",
        ARRAY(SELECT attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, o) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY o) AS columns
       FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
       WHERE c.contype = 'p' AND n.nspname IN ('app', 'identity')`,
    );
    const byTable = (rows: readonly { table: string; columns: readonly string[] }[]) =>
      Object.fromEntries(rows.map((row) => [row.table, row.columns]));
    expect(byTable(models.map(({ schema, table, key }) => ({ table: `${schema}.${table}`, columns: key })))).toEqual(
      byTable(keys),
    );
  });
});

interface Column {
  table: string;
  column: string;
  type: string;
  required: boolean;
}

const TYPES: Record<string, string> = {
  String: "text",
  Boolean: "bool",
  Int: "int4",
  BigInt: "int8",
  Json: "jsonb",
  Bytes: "bytea",
  Uuid: "uuid",
  Timestamptz: "timestamptz",
};

function declared({ schema, table, columns }: Model): string[] {
  return columns.map(({ column, type, isRequired, isList, native }) => {
    const base = TYPES[native ?? type] ?? `unknown ${type}`;
    return `${schema}.${table}.${column} ${isList ? "_" : ""}${base}${isRequired || isList ? "" : "?"}`;
  });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
