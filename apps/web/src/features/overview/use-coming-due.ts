"use client";
import { useQuery } from "@tanstack/react-query";
import { useNow } from "@/components/moment.tsx";
import { subjectOf, useScheduled } from "@/features/approvals/use-waiting.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useStanding } from "@/features/custody/use-standing.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import { type DueItem, dueItemsOf } from "./due-items.ts";

/** Everything that ends, soonest first, what use decides before it: keys, certificates, waiting destructions, the administrators' list. */
export function useComingDue(): {
  readonly items: readonly DueItem[];
  /** Of keys, what comes after this time may be missing, Unix seconds; null when nothing is. */
  readonly until: number | null;
  readonly loading: boolean;
} {
  const trpc = useTRPC();
  const scope = useScope();
  const place = usePlace();
  const standing = useStanding();
  const keys = useQuery(trpc.key.due.queryOptions(scope));
  const clients = useQuery(trpc.client.list.queryOptions(scope));
  const scheduled = useScheduled();
  const now = useNow(60_000);
  const items: DueItem[] = scheduled.map(({ row, read }) => ({
    label: read.command.target?.label ?? read.plain.title,
    what: read.command.act === "key.destroy" ? "will be destroyed" : `${read.plain.title}: runs by itself`,
    at: row.due ?? read.command.exp,
    href: place.at(`approvals/${row.hash}`),
    stop: row.hash,
  }));
  for (const key of keys.data?.rows ?? []) {
    for (const item of dueItemsOf(key, now))
      items.push({ ...item, label: key.label, href: place.at(`keys/${key.id}`) });
    if (key.destroyDue !== null && !scheduled.some(({ read }) => subjectOf(read) === key.id))
      items.push({
        label: key.label,
        what: "will be destroyed",
        at: key.destroyDue,
        href: place.at(`keys/${key.id}`),
      });
  }
  for (const client of clients.data?.rows ?? []) {
    if (client.state === "active" && client.notAfter !== null)
      items.push({
        label: client.label,
        what: client.permit ? "enrolment secret ends: make another" : "certificate ends: add it anew",
        at: client.notAfter,
        href: place.at(`clients/${client.id}`),
      });
  }
  if (standing.level === "checked" || standing.level === "consistent")
    items.push({
      label: "Administrators",
      what: "list has to be signed again",
      at: standing.roster.notAfter,
      href: place.at("people"),
    });
  const loading = keys.isPending || clients.isPending || standing.level === "loading";
  return { items: items.sort((a, b) => (a.at ?? 0) - (b.at ?? 0)), until: keys.data?.until ?? null, loading };
}
