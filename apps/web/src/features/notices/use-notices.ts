"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import type { AppRouter } from "@/server/trpc/app-router.type.ts";

type Outputs = inferRouterOutputs<AppRouter>["notice"];
export type Receiver = Outputs["list"]["rows"][number];
export type Delivery = Outputs["deliveries"]["rows"][number];
export type NoticeKinds = Outputs["list"]["kinds"];

/** Where notices go, and what can be chosen. */
export function useReceivers() {
  const trpc = useTRPC();
  return useQuery(trpc.notice.list.queryOptions(useScope()));
}

/** The last deliveries; asked for again while one is on its way. */
export function useDeliveries() {
  const trpc = useTRPC();
  return useQuery(trpc.notice.deliveries.queryOptions(useScope(), { refetchInterval: 3_000 }));
}

/** Has both lists read again. */
export function useReread(): () => Promise<void> {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: trpc.notice.pathKey() });
}
