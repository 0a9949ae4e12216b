"use client";
import { isLocalDomain } from "@holdfast/protocol";
import Link from "next/link";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { Digest } from "@/components/digest.tsx";
import { useNow } from "@/components/moment.tsx";
import { Notice } from "@/components/notice.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { showDate, showDuration } from "@/components/time-text.ts";
import { ProofBadge } from "@/features/custody/proof-badge.tsx";
import { useStanding } from "@/features/custody/use-standing.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { AdministratorTable } from "./administrator-table.tsx";
import { type AskedChange, ChangeDialog } from "./change-dialog.tsx";
import { DecidedChanges } from "./decided-changes.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { Newcomers } from "./newcomers.tsx";
import { ReplacementKeys } from "./replacement-keys.tsx";
import { RuleTable } from "./rule-table.tsx";
import { useLinks } from "./use-links.ts";
import { WaitingChanges } from "./waiting-changes.tsx";

const EXPIRY_WARNING_SECONDS = 60 * 86_400;

/** Who may approve and what each act needs, read from the list that this browser verified; and every change of it. */
export function People() {
  const standing = useStanding();
  const place = usePlace();
  const { newcomers, keys } = useLinks();
  const [asked, setAsked] = useState<AskedChange | null>(null);
  const [inviting, setInviting] = useState<{ readonly adm: string; readonly label: string } | "new" | null>(null);
  const proved = standing.level === "checked" || standing.level === "consistent";
  const header = (
    <PageHeader
      title="People & rules"
      detail="Who may approve what happens to keys, and how many it takes. Only they can change it, each at your key server's own page."
      actions={
        proved ? (
          <>
            <Button asChild>
              <Link href={place.at("lock")}>Lock the environment…</Link>
            </Button>
            <Button tone="primary" onClick={() => setInviting("new")}>
              Invite an administrator
            </Button>
          </>
        ) : null
      }
    />
  );
  if (!proved) {
    return (
      <>
        {header}
        <Panel title="Administrators" hint={<ProofBadge level="not-checked" />}>
          {standing.level === "loading" ? (
            <Skeleton rows={2} />
          ) : (
            <p className="px-4 py-5 text-muted">{UNPROVED[standing.level]}</p>
          )}
        </Panel>
      </>
    );
  }
  const { roster } = standing.chain.head;
  const onThisMachine = roster.admins.some(({ creds }) => creds.some(({ channel }) => channel === "this-machine"));
  const people = roster.admins.map(({ adm, label }) => ({ adm, label }));
  return (
    <>
      {header}
      <OneAdministrator count={roster.admins.length} local={isLocalDomain(roster)} />
      <Expiry notAfter={roster.notAfter} onRenew={() => setAsked(RENEWAL)} />
      <WaitingChanges />
      <Newcomers newcomers={newcomers} roster={roster} onAsk={setAsked} />
      <Panel
        title="Administrators"
        hint={<ProofBadge level={standing.level} />}
        action={
          <span className="text-muted">
            list {standing.roster.seq + 1} · <Digest value={standing.roster.hash} />
          </span>
        }
      >
        <AdministratorTable administrators={roster.admins} onAsk={setAsked} />
        <div className="flex flex-wrap gap-2 border-t px-4 py-2.5">
          {people.map((one) => (
            <Button key={one.adm} size="small" onClick={() => setInviting(one)}>
              A further passkey for {one.label}
            </Button>
          ))}
        </div>
      </Panel>
      <Panel title="Rules" hint="what each act needs">
        <RuleTable roster={roster} onAsk={setAsked} />
      </Panel>
      <ReplacementKeys roster={roster} introduced={keys} onAsk={setAsked} />
      <Renewal notAfter={roster.notAfter} onRenew={() => setAsked(RENEWAL)} />
      <DecidedChanges />
      {asked ? <ChangeDialog asked={asked} onClose={() => setAsked(null)} /> : null}
      {inviting ? (
        <InviteDialog
          further={inviting === "new" ? null : inviting}
          onThisMachine={onThisMachine}
          onClose={() => setInviting(null)}
        />
      ) : null}
    </>
  );
}

/** Why there is nothing to show, and what to do. */
const UNPROVED = {
  unlinked: "Nothing verified to show yet. Connect a key server and compare its words.",
  unreachable: "The dashboard's server did not answer, so nothing could be verified. Load the page again in a moment.",
  alarm:
    "What the dashboard's server sent does not verify, so nothing of it is shown. Approve nothing from here; your key server's own page stays trustworthy.",
} as const;

const RENEWAL: AskedChange = { title: "Renew the list", change: { renew: true } };

/** Said on this page until there are two. */
function OneAdministrator({ count, local }: { count: number; local: boolean }) {
  if (count > 1) return null;
  return (
    <Notice tone="warning" title={local ? "A local administrator decides" : "One administrator"}>
      <p>
        {local
          ? "Whoever has the key server's machine can do everything. Give this environment an administrator with a passkey before it protects anything that matters."
          : "Nobody else can approve, and nobody else can stop a request. Invite a second one: the usual rules of two come with the same change."}
      </p>
    </Notice>
  );
}

function Expiry({ notAfter, onRenew }: { notAfter: number; onRenew: () => void }) {
  const now = useNow(60_000);
  const left = notAfter - now;
  if (left > EXPIRY_WARNING_SECONDS) return null;
  return (
    <Notice
      tone={left > 0 ? "warning" : "danger"}
      title={
        left > 0
          ? `This list has to be signed again by ${showDate(notAfter, "long")}, in ${showDuration(left)}`
          : `This list ran out on ${showDate(notAfter, "long")}`
      }
    >
      <p>
        {left > 0
          ? "Afterwards applications use keys as before, but nothing that loosens can be approved until it is renewed."
          : "Applications use keys as before. Until it is renewed, only what tightens can be approved."}
      </p>
      <Button size="small" onClick={onRenew}>
        Renew it
      </Button>
    </Notice>
  );
}

function Renewal({ notAfter, onRenew }: { notAfter: number; onRenew: () => void }) {
  const now = useNow(60_000);
  if (notAfter - now <= EXPIRY_WARNING_SECONDS) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
      The list is good until {showDate(notAfter, "long")}, for {showDuration(notAfter - now)}.
      <button type="button" className="rounded text-accent hover:underline" onClick={onRenew}>
        Renew it now
      </button>
    </p>
  );
}
