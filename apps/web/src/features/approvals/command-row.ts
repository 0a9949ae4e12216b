import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/trpc/app-router.type.ts";

/** A command as the mailbox tells of it. Only `doc` says what it does. */
export type CommandRow = inferRouterOutputs<AppRouter>["command"]["list"]["rows"][number];
