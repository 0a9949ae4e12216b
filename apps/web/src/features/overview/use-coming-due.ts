"use client";
import { useQuery } from "@tanstack/react-query";
import { useNow } from "@/components/moment.tsx";
import { subjectOf, useScheduled } from "@/features/approvals/use-waiting.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useStanding } from "@/features/custody/use-standing.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import type { KeyRow } from "@/features/keys/key-row.ts";

export interface DueItem {
  readonly label: string;
  readonly what: string;
  readonly at: number;
  readonly href: string;
  /** The command that an administrator can still stop. */
  readonly stop?: string;
}

const MOST_KEYS = 200;

/** What a schedule is about to do. */
const RUNS = {
  rotate: "rotates by its schedule",
  deactivate: "its schedule looks whether to retire it",
  notify: "its schedule reminds of it",
} as const;

/** What comes about at planned times. */
const PLANS = [
  ["activation", "becomes active by itself"],
  ["protectStop", "protects nothing new from then on"],
  ["deactivation", "is retired by itself"],
] as const;

const STILL_COMES: readonly KeyRow["state"][] = ["pre-active", "active", "suspended"];

/** What the end of a key's period asks for, and of whom. */
function endOf({
  ownerClient,
  planned,
  cryptoperiodSec,
}: Pick<KeyRow, "ownerClient" | "planned" | "cryptoperiodSec">): string {
  const stops =
    planned.originatorSec !== undefined && planned.originatorSec <= (cryptoperiodSec ?? planned.originatorSec);
  const end = stops ? "protects nothing from then on" : "cryptoperiod ends";
  return `${end}: rotate it${ownerClient === null ? "" : " in the product that holds it"}`;
}

/** Everything that ends, soonest first: cryptoperiods, certificates, waiting destructions, the administrators' list; and whether all of it is known yet. */
export function useComingDue(): { readonly items: readonly DueItem[]; readonly loading: boolean } {
  const trpc = useTRPC();
  const scope = useScope();
  const place = usePlace();
  const standing = useStanding();
  const keys = useQuery(trpc.key.list.queryOptions({ ...scope, sort: "ends", limit: MOST_KEYS }));
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
    if (key.endsAt !== null && key.state === "active")
      items.push({
        label: key.label,
        what: endOf(key),
        at: key.endsAt,
        href: place.at(`keys/${key.id}`),
      });
    for (const [name, what] of PLANS) {
      const at = key.planned[name];
      if (at !== undefined && at > now && STILL_COMES.includes(key.state))
        items.push({ label: key.label, what, at, href: place.at(`keys/${key.id}`) });
    }
    for (const { does, next } of key.state === "active" ? (key.planned.schedules ?? []) : [])
      items.push({ label: key.label, what: RUNS[does], at: next, href: place.at(`keys/${key.id}`) });
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
  return { items: items.sort((a, b) => a.at - b.at), loading };
}
