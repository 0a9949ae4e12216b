"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/features/connection/trpc.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";

const MOST_KEYS = 200;

/** What an id is called now and where its page is. The server's word: the entry itself names only the id. */
export function useNames(): (id: string) => { readonly name: string; readonly href: string } | null {
  const trpc = useTRPC();
  const scope = useScope();
  const place = usePlace();
  const keys = useQuery(trpc.key.list.queryOptions({ ...scope, sort: "created", limit: MOST_KEYS }));
  const clients = useQuery(trpc.client.list.queryOptions(scope));
  return (id) => {
    const key = keys.data?.rows.find((row) => row.id === id);
    if (key) return { name: key.label, href: place.at(`keys/${id}`) };
    const client = clients.data?.rows.find((row) => row.id === id);
    return client ? { name: client.label, href: place.at(`clients/${id}`) } : null;
  };
}
