"use client";
import { useQuery } from "@tanstack/react-query";
import { useNow } from "@/components/moment.tsx";
import { showNumber } from "@/components/number-text.ts";
import { StatStrip } from "@/components/stat-strip.tsx";
import { showAge, showDuration } from "@/components/time-text.ts";
import { isServing } from "@/features/agents/agent-troubles.ts";
import { useAgentList } from "@/features/agents/use-agents.ts";
import { type Backups, useBackups } from "@/features/agents/use-backups.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useStanding } from "@/features/custody/use-standing.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import type { DueItem } from "./due-items.ts";
import { useComingDue } from "./use-coming-due.ts";

const MONTH_SECONDS = 30 * 86_400;

/** Six numbers; each opens the list behind it, and is grey with its age when a key server is silent. */
export function OverviewNumbers() {
  const trpc = useTRPC();
  const scope = useScope();
  const place = usePlace();
  const now = useNow();
  const standing = useStanding();
  const counts = useQuery(trpc.key.counts.queryOptions(scope)).data;
  const waiting = useQuery(trpc.command.waiting.queryOptions(scope)).data;
  const { rows: agents, loading: agentsLoading } = useAgentList();
  const backups = useBackups();
  const comingDue = useComingDue();
  const due = comingDue.items.filter(({ at }) => at === null || at < now + MONTH_SECONDS);
  const serving = agents.filter((agent) => isServing(agent, now)).length;
  const heard = Math.max(0, ...agents.map((agent) => agent.lastSeenAt ?? 0));
  const stale = agents.length > 0 && serving < agents.length;
  const proved = standing.level === "checked" || standing.level === "consistent";
  const states = counts?.byState;
  return (
    <StatStrip
      stats={[
        {
          name: "Active keys",
          value: states ? showNumber(states.active ?? 0) : null,
          detail: stale
            ? `as of ${showAge(now - heard)}`
            : states
              ? `${states.suspended ?? 0} suspended · ${states.deactivated ?? 0} retired`
              : " ",
          href: place.at("keys?state=active"),
          stale,
        },
        {
          name: "Due within 30 days",
          value: comingDue.loading ? null : showNumber(due.length),
          detail: due[0] ? `next: ${due[0].label} ${whenText(due[0], now)}` : "nothing ends",
          href: place.at("coming-due"),
          warn: Boolean(due[0] && (due[0].at ?? 0) <= now),
        },
        {
          name: "Waiting for you",
          value: waiting ? showNumber(waiting.count) : null,
          detail: waiting?.count ? "approve on your key server" : "nothing to decide",
          href: place.at("approvals"),
        },
        {
          name: "Key servers serving",
          value: agentsLoading ? null : `${serving} / ${agents.length}`,
          detail: agents.length ? `heard ${showAge(now - heard)}` : "connect the first one",
          href: place.at("servers"),
          warn: stale,
          stale,
        },
        {
          name: "In no backup",
          value: backups.unbacked === null ? (agentsLoading ? null : "–") : showNumber(backups.unbacked),
          detail: backupText(backups, now),
          href: place.at("backups"),
          warn: Boolean(backups.unbacked) || backups.failing.length > 0,
          stale,
        },
        {
          name: "Log head",
          value: standing.level === "loading" ? null : proved ? showNumber(standing.head.size) : "–",
          detail: proved ? witnessText(standing.witnesses, now) : "not checked yet",
          href: place.at("log"),
          warn: proved && standing.witnesses.length === 0,
        },
      ]}
    />
  );
}

function whenText({ at, left }: DueItem, now: number): string {
  if (at === null) return `has ${left} of its limit`;
  return at <= now ? "is overdue" : `in ${showDuration(at - now)}`;
}

function backupText({ newestAt, failing, places, unbacked }: Backups, now: number): string {
  if (unbacked === null) return "not reported";
  if (failing.length > 0) return "a destination fails";
  if (newestAt === null) return places > 0 ? "one is being made" : "no backup yet";
  return `read back ${showAge(now - newestAt)}`;
}

function witnessText(witnesses: readonly { readonly at: number }[], now: number): string {
  if (witnesses.length === 0) return "unwitnessed";
  return `witnessed ${showAge(now - Math.max(...witnesses.map((witness) => witness.at)))}`;
}
