"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { classNames } from "@/components/class-names.ts";
import { useNow } from "@/components/moment.tsx";
import { showCount } from "@/components/number-text.ts";
import { Skeleton } from "@/components/skeleton.tsx";
import { showAge } from "@/components/time-text.ts";
import { agentCondition, isServing } from "@/features/agents/agent-troubles.ts";
import { useAgentList } from "@/features/agents/use-agents.ts";
import { useCustodians } from "@/features/backups/use-custodians.ts";
import { grantText } from "@/features/clients/grant-text.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useStanding } from "@/features/custody/use-standing.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";

const MOST = 4;
const MOST_CUSTODIANS = 5;

/** Where keys are, drawn from what was reported and proved: your machines, your applications, your custodians, and us. */
export function CustodyMap() {
  const trpc = useTRPC();
  const place = usePlace();
  const now = useNow();
  const { rows: agents, loading } = useAgentList();
  const standing = useStanding();
  const custodians = useCustodians();
  const listed = useQuery(trpc.client.list.queryOptions(useScope()));
  const clients = (listed.data?.rows ?? []).filter((row) => row.state === "active" && row.permit === null);
  const proved = standing.level === "checked" || standing.level === "consistent";
  if (loading || listed.isPending) return <Skeleton rows={6} />;
  return (
    <div className="grid gap-x-9 gap-y-4 p-4 md:grid-cols-[1.25fr_1fr]">
      <Ground name="Your ground" note="keys in the clear only here" own={agents.length > 0}>
        {agents.length === 0 ? (
          <Node title="No key server yet" detail="connect one to begin" href={place.at("start")} />
        ) : (
          agents.map((agent) => {
            const [word] = agentCondition(agent, now);
            const serves = isServing(agent, now);
            return (
              <div key={agent.aid}>
                <Node
                  title={agent.name}
                  detail={`${word}${serves ? "" : agent.lastSeenAt ? ` · ${showAge(now - agent.lastSeenAt)}` : ""}`}
                  href={place.at(`servers/${agent.aid}`)}
                  strong={serves}
                />
                <Stem />
                <Node
                  title="Its store"
                  detail={`wrapped keys only${agent.kek === "file" ? " · KEK: file on the same host" : ""}`}
                />
              </div>
            );
          })
        )}
        {proved ? (
          <p className="text-sm text-muted">
            {showCount(standing.roster.admins, "administrator")} ·{" "}
            {showCount(standing.roster.replacementKeys, "replacement key")}
          </p>
        ) : null}
      </Ground>
      <div className="grid content-start gap-4">
        <Ground name="Your applications" note="data, over mutual TLS" linked={agents.length > 0 && clients.length > 0}>
          {clients.slice(0, MOST).map((client) => (
            <Node
              key={client.id}
              title={client.label}
              detail={client.grants.map(grantText).join("; ")}
              href={place.at(`clients/${client.id}`)}
            />
          ))}
          {clients.length > MOST ? (
            <Link href={place.at("clients")} className="w-fit rounded text-sm text-muted hover:text-ink">
              + {clients.length - MOST} more clients
            </Link>
          ) : null}
          {clients.length === 0 ? (
            <Node title="No client yet" detail="add the first application" href={place.at("clients/new")} />
          ) : null}
        </Ground>
        <Ground
          name="Your custodians"
          note={
            custodians === null || custodians.people.length === 0
              ? "shares that open backups"
              : `any ${custodians.need} of ${custodians.people.length} open a backup together`
          }
          linked={agents.length > 0 && (custodians?.people.length ?? 0) > 0}
        >
          {custodians?.people.length ? (
            custodians.people
              .slice(0, MOST_CUSTODIANS)
              .map(({ seat, label, provedAt }) => (
                <Node
                  key={seat}
                  title={label}
                  detail={provedAt === null ? "never proved in a drill" : `proved ${showAge(now - provedAt)}`}
                  href={place.at("backups")}
                />
              ))
          ) : (
            <Node
              title={custodians === null ? "Not known yet" : "Nobody holds a share"}
              detail="the recovery file opens backups"
              href={place.at("backups")}
            />
          )}
          {custodians !== null && custodians.people.length > MOST_CUSTODIANS ? (
            <Link href={place.at("backups")} className="w-fit rounded text-sm text-muted hover:text-ink">
              + {custodians.people.length - MOST_CUSTODIANS} more custodians
            </Link>
          ) : null}
        </Ground>
        <Ground name="Holdfast" note="metadata only" linked={agents.length > 0}>
          <Node title="This dashboard" detail="cannot decrypt, cannot order" />
        </Ground>
      </div>
    </div>
  );
}

/** One party's ground. `linked` draws the dashed way from the key servers to it. */
function Ground({
  name,
  note,
  own,
  linked,
  children,
}: {
  name: string;
  note: string;
  own?: boolean;
  linked?: boolean;
  children: ReactNode;
}) {
  return (
    <section aria-label={name} className="relative flex min-w-0 flex-col">
      <p className="mb-1.5 flex flex-wrap gap-x-1.5 px-1 text-sm">
        <span className="font-semibold">{name}</span> <span className="text-muted">{note}</span>
      </p>
      {linked ? (
        <span
          className="absolute -left-9 top-16 hidden w-9 border-t border-dashed border-accent md:block"
          aria-hidden="true"
        />
      ) : null}
      <div
        className={classNames(
          "flex flex-1 flex-col gap-2.5 rounded-[10px] border p-4",
          own && "border-accent/45 bg-good-ground/45",
        )}
      >
        {children}
      </div>
    </section>
  );
}

function Stem() {
  return <span className="ml-8 block h-4 w-px bg-accent" aria-hidden="true" />;
}

function Node({ title, detail, href, strong }: { title: string; detail: string; href?: string; strong?: boolean }) {
  const look = classNames(
    "block min-w-0 rounded-lg border bg-panel px-3 py-2",
    strong && "border-accent outline-1 outline-accent [&:focus-visible]:outline-2",
    href && "hover:bg-hover",
  );
  const text = (
    <>
      <span className="block truncate font-medium">{title}</span>
      <span className="block truncate text-sm text-muted" title={detail}>
        {detail}
      </span>
    </>
  );
  return href ? (
    <Link href={href} className={look}>
      {text}
    </Link>
  ) : (
    <div className={look}>{text}</div>
  );
}
