import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/trpc/app-router.type.ts";

/** A key as the control plane tells of it: a claim until its entry is proved. */
export type KeyRow = inferRouterOutputs<AppRouter>["key"]["list"]["rows"][number];
export type KeyRecord = inferRouterOutputs<AppRouter>["key"]["get"];
