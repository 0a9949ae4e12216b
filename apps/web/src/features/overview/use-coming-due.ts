"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useStanding } from "@/features/custody/use-standing.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";

export interface DueItem {
  readonly label: string;
  readonly what: string;
  readonly at: number;
  readonly href: string;
}

const MOST_KEYS = 200;

/** Everything that ends, soonest first: cryptoperiods, certificates, waiting destructions, the administrators' list. */
export function useComingDue(): readonly DueItem[] {
  const trpc = useTRPC();
  const scope = useScope();
  const place = usePlace();
  const standing = useStanding();
  const keys = useQuery(trpc.key.list.queryOptions({ ...scope, sort: "ends", limit: MOST_KEYS }));
  const clients = useQuery(trpc.client.list.queryOptions(scope));
  const items: DueItem[] = [];
  for (const key of keys.data?.rows ?? []) {
    if (key.endsAt !== null && key.state === "active")
      items.push({
        label: key.label,
        what: "cryptoperiod ends: rotate it",
        at: key.endsAt,
        href: place.at(`keys/${key.id}`),
      });
    if (key.destroyDue !== null)
      items.push({ label: key.label, what: "is destroyed", at: key.destroyDue, href: place.at(`keys/${key.id}`) });
  }
  for (const client of clients.data?.rows ?? []) {
    if (client.state === "active" && client.notAfter !== null)
      items.push({
        label: client.label,
        what: "certificate ends: add it anew",
        at: client.notAfter,
        href: place.at(`clients/${client.id}`),
      });
  }
  if (standing.level === "checked" || standing.level === "consistent")
    items.push({
      label: "Administrators",
      what: "list has to be signed again",
      at: standing.roster.notAfter,
      href: place.at("settings"),
    });
  return items.sort((a, b) => a.at - b.at);
}
