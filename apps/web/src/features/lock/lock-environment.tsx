"use client";
import { Search } from "lucide-react";
import Link from "next/link";
import { useMemo, useState } from "react";
import { Badge } from "@/components/badge.tsx";
import { CommandText } from "@/components/command-text.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { WorksAndStops } from "@/components/works-and-stops.tsx";
import { AskForm, useAsking } from "@/features/approvals/asking.tsx";
import { ReviewPage } from "@/features/approvals/review-page.tsx";
import { useWaitingAct } from "@/features/approvals/use-waiting.ts";
import { WaitsAlready } from "@/features/approvals/waits-already.tsx";
import { useLinked } from "@/features/custody/use-linked.tsx";
import { useStanding } from "@/features/custody/use-standing.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { unlockWords } from "./unlock-words.ts";
import { useIsLocked } from "./use-is-locked.ts";

const GOES_ON = [
  "Applications encrypt, decrypt, sign and fetch keys as before.",
  "Administrators suspend or retire a key, mark it as exposed, withdraw a client, end a schedule, stop what waits, and remove a passkey.",
];
const STOPS = [
  "New keys and clients, also those that applications make or enrol themselves.",
  "Rotation, by schedule too; resuming, destroying and exporting keys.",
  "New passkeys and administrators, other rules, other places for backups.",
];

/** Stops every change of an environment, or has them taken again: what that means, how it ends, then the exact command. */
export function LockEnvironment() {
  const linked = useLinked();
  const place = usePlace();
  const locked = useIsLocked();
  const act = locked ? "domain.unlock" : "domain.lock";
  const waiting = useWaitingAct(act);
  // What was begun stays on the screen when it is done and the environment is the other way round.
  const [asked, setAsked] = useState<{ readonly act: typeof act; readonly reason: string } | null>(null);
  const requests = useMemo(() => (asked ? [{ act: asked.act, args: {} }] : []), [asked]);
  const unlocks = (asked?.act ?? act) === "domain.unlock";
  const title = unlocks ? "Unlock the environment" : "Lock the environment";
  if (asked)
    return (
      <ReviewPage
        title={title}
        requests={requests}
        reason={asked.reason}
        action={unlocks ? "Propose: unlock" : "Propose: lock"}
        danger={!unlocks}
        list={{ href: place.at(""), text: "To the overview" }}
        onChange={() => setAsked(null)}
      />
    );
  return (
    <>
      <PageHeader
        title={title}
        badges={locked ? <Badge tone="warning">locked</Badge> : null}
        detail={
          unlocks
            ? "Afterwards keys, clients and rules can be changed again, as the rules say. Look first at what made somebody lock it."
            : "For when you do not know who changes what: a lost passkey, a request that nobody made, a machine you do not trust."
        }
      />
      {linked !== null ? (
        linked
      ) : locked === null ? (
        <Skeleton rows={4} />
      ) : waiting.length > 0 ? (
        <Panel label="What waits" className="space-y-4 p-4">
          <WaitsAlready
            what={unlocks ? "Unlocking waits" : "Locking waits"}
            hashes={waiting.map(({ row }) => row.hash)}
          />
        </Panel>
      ) : (
        <Ask unlocks={unlocks} onAsk={(reason) => setAsked({ act, reason })} />
      )}
    </>
  );
}

function Ask({ unlocks, onAsk }: { unlocks: boolean; onAsk: (reason: string) => void }) {
  const standing = useStanding();
  const asking = useAsking(onAsk);
  const proved = standing.level === "checked" || standing.level === "consistent";
  return (
    <AskForm asking={asking} ready danger={!unlocks} onPage>
      {unlocks ? (
        <LookFirst />
      ) : (
        <Panel title="While it is locked">
          <WorksAndStops works={GOES_ON} stops={STOPS} className="p-4" />
          <div className="space-y-1.5 border-t p-4 text-muted">
            {proved ? <p>{unlockWords(standing.chain.head.roster)}</p> : null}
            <p>
              <CommandText text="On the key server's machine `holdfast-agent lock` locks at once, without anybody's approval." />
            </p>
          </div>
        </Panel>
      )}
    </AskForm>
  );
}

/** What to have looked at before changes are taken again, with the way to it. */
const LOOK_AT = [
  ["approvals", "Approvals", "each request that waits is one that somebody you know made."],
  [
    "people",
    "People & rules",
    "each passkey is in the hands of the person it names, and no change waits that nobody knows.",
  ],
  ["clients", "Clients", "each is one of yours; what you do not know is withdrawn, locked or not."],
  ["log", "Custody log", "each entry since the last day you were sure of is explained."],
] as const;

function LookFirst() {
  const place = usePlace();
  return (
    <Panel title="Before you unlock">
      <ul className="space-y-1.5 p-4">
        {LOOK_AT.map(([path, name, what]) => (
          <li key={path} className="flex gap-2.5">
            <Search size={15} className="mt-0.5 shrink-0 text-muted" aria-hidden="true" />
            <span className="min-w-0">
              <Link href={place.at(path)} className="rounded font-medium underline">
                {name}
              </Link>
              : {what}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
