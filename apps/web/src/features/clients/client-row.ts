import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/trpc/app-router.type.ts";

/** A client as the control plane tells of it: a claim until its entry is proved. */
export type ClientRow = inferRouterOutputs<AppRouter>["client"]["list"]["rows"][number];
