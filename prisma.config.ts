import { defineConfig } from "prisma/config";

/** Where Prisma finds the schema. Migrations are applied by packages/db, never by Prisma's own engine. */
export default defineConfig({ schema: "prisma", migrations: { path: "prisma/migrations" } });
