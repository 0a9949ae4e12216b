"use client";
import { describeDestination } from "@holdfast/protocol";
import { Archive } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Badge } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { Age } from "@/components/moment.tsx";
import { Notice } from "@/components/notice.tsx";
import { showCount } from "@/components/number-text.ts";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { FailingBackups } from "@/features/agents/backup-notice.tsx";
import { useBackups } from "@/features/agents/use-backups.ts";
import { ComingBack } from "./coming-back.tsx";
import { Custodians } from "./custodians.tsx";
import { Drills } from "./drills.tsx";
import { LostKeyServer } from "./lost-key-server.tsx";
import { NewestBackups } from "./newest-backups.tsx";
import type { NewestPolicy } from "./newest-policy.ts";
import { Releases } from "./releases.tsx";
import { useEscrow } from "./use-escrow.ts";
import { usePolicy } from "./use-policy.ts";

const PolicyDialog = dynamic(() => import("./policy-dialog.tsx").then((module) => module.PolicyDialog), { ssr: false });
const BackupNowDialog = dynamic(() => import("./backup-now-dialog.tsx").then((module) => module.BackupNowDialog), {
  ssr: false,
});

/** When and where backups are made, how they stand, which keys are in none, and who opens them. */
export function Backups() {
  const [open, setOpen] = useState<"policy" | "now" | null>(null);
  const backups = useBackups();
  const newest = usePolicy();
  const escrow = useEscrow();
  const policy = newest?.policy ?? null;
  const missing =
    backups.unbacked === null
      ? "Not reported yet."
      : backups.unbacked === 0
        ? "Every key is in a backup."
        : `${showCount(backups.unbacked, "key")} in no backup.`;
  return (
    <>
      <PageHeader
        title="Backup & escrow"
        detail={
          <>
            {missing}{" "}
            {backups.newestAt === null ? null : (
              <>
                The newest was read back <Age at={backups.newestAt} />.
              </>
            )}
          </>
        }
        actions={
          <>
            {policy === null ? null : <Button onClick={() => setOpen("now")}>Back up now</Button>}
            <Button tone="primary" disabled={newest === null} onClick={() => setOpen("policy")}>
              {policy === null ? "Have backups made" : "Change"}
            </Button>
          </>
        }
      />
      <FailingBackups />
      {newest?.fits === false ? (
        <Notice tone="danger" title="The policy shown here is not the one in the log" live>
          <p>Your key server goes by its own. Look there: holdfast-agent backup policy.</p>
        </Notice>
      ) : null}
      {escrow?.fits === false ? (
        <Notice tone="danger" title="The custodians shown here are not those in the log" live>
          <p>Your key server goes by its own list. Look there: holdfast-agent escrow status.</p>
        </Notice>
      ) : null}
      {escrow === null ? null : <ComingBack escrow={escrow} />}
      <Panel
        title="Destinations"
        hint={newest?.entry == null ? undefined : `as approved in entry ${newest.entry} of the log`}
      >
        <Destinations newest={newest} failing={backups.failing.map(({ what }) => what).join(", ")} />
      </Panel>
      {escrow === null ? (
        <Skeleton rows={3} />
      ) : (
        <>
          <Custodians escrow={escrow} />
          <Drills escrow={escrow} />
          <Releases escrow={escrow} />
          <NewestBackups escrow={escrow} />
          <LostKeyServer escrow={escrow} />
        </>
      )}
      {open === "policy" ? <PolicyDialog policy={policy} onClose={() => setOpen(null)} /> : null}
      {open === "now" ? <BackupNowDialog onClose={() => setOpen(null)} /> : null}
    </>
  );
}

function Destinations({ newest, failing }: { newest: NewestPolicy | null; failing: string }) {
  if (newest === null) return <Skeleton rows={2} />;
  if (newest.policy === null) {
    return (
      <EmptyState icon={<Archive size={18} />} title="Backups are made by hand only">
        A key that was made after the last one is lost with the key server&apos;s disk. Say where backups shall go, and
        the key server makes them by itself, daily and within a minute of every new key.
      </EmptyState>
    );
  }
  return (
    <Table
      label="Destinations"
      head={
        <>
          <HeadCell>Name</HeadCell>
          <HeadCell>Where</HeadCell>
          <HeadCell className="text-right">Condition</HeadCell>
        </>
      }
    >
      {newest.policy.destinations.map((to) => {
        const fails = failing.split(", ").some((each) => each === to.name || each.startsWith(`${to.name} (`));
        return (
          <tr key={to.name}>
            <Cell className="font-medium">{to.name}</Cell>
            <Cell label="Where" className="text-muted">
              {describeDestination(to)}
            </Cell>
            <Cell label="Condition" className="text-right">
              <Badge tone={fails ? "danger" : "good"}>{fails ? "fails" : "takes backups"}</Badge>
            </Cell>
          </tr>
        );
      })}
    </Table>
  );
}
