"use client";
import Link from "next/link";
import { useNow } from "@/components/moment.tsx";
import { Notice } from "@/components/notice.tsx";
import { showDate, showDuration } from "@/components/time-text.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { nounOf } from "./act-noun.ts";
import { ApproveLink } from "./approve-link.tsx";
import { useOpenOn, useScheduled } from "./use-waiting.ts";

/** On the page of a key or client: what is about to happen to it and can be stopped, and what waits for an approval. */
export function WaitingOn({ subject, destroyDue = null }: { subject: string; destroyDue?: number | null }) {
  const scheduled = useScheduled(subject);
  const open = useOpenOn(subject);
  return (
    <>
      {scheduled.map(({ row, read }) => (
        <ScheduledNotice key={row.hash} hash={row.hash} act={read.command.act} due={row.due} linked />
      ))}
      {scheduled.length === 0 && destroyDue !== null ? (
        <ScheduledNotice hash={null} act="key.destroy" due={destroyDue} linked={false} />
      ) : null}
      {open.map(({ row, read }) => (
        <OpenNotice key={row.hash} hash={row.hash} act={read.command.act} have={row.have} need={row.need} />
      ))}
    </>
  );
}

/** An approved command that waits its delay: when it runs, and how it is stopped. */
export function ScheduledNotice({ hash, act, due, linked }: ScheduledNoticeProps) {
  const now = useNow();
  const place = usePlace();
  const destroys = act === "key.destroy";
  return (
    <Notice tone="warning" title={scheduledTitle(destroys, due, now)}>
      <p>
        {destroys
          ? "After that nobody, you included, can open what only this key protects. Until then any administrator can stop it on your key server's page."
          : "It is approved and waits its delay. Until then any administrator can stop it on your key server's page."}
      </p>
      {hash ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 pt-1">
          <ApproveLink hashes={[hash]} tone="plain">
            Stop it
          </ApproveLink>
          {linked ? (
            <Link href={place.at(`approvals/${hash}`)} className="rounded underline">
              The request
            </Link>
          ) : null}
        </div>
      ) : null}
    </Notice>
  );
}

interface ScheduledNoticeProps {
  hash: string | null;
  act: string;
  due: number | null;
  /** Whether to lead to the request's own page. */
  linked: boolean;
}

function scheduledTitle(destroys: boolean, due: number | null, now: number): string {
  const what = destroys ? "This key will be destroyed" : "This will happen";
  if (due === null) return `${what} when its delay is over`;
  if (due <= now) return `${what} at any moment: its delay ended ${showDate(due, "moment")}`;
  return `${what} on ${showDate(due, "moment")}, in ${showDuration(due - now)}`;
}

/** A request that waits for approvals. */
function OpenNotice({ hash, act, have, need }: { hash: string; act: string; have: number; need: number }) {
  const place = usePlace();
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg bg-quiet px-4 py-2.5">
      <p className="min-w-0 flex-1 basis-60">
        <span className="font-medium">{nounOf(act)} waits for approval</span>
        <span className="text-muted">
          {" "}
          · {have} of {need} ·{" "}
          <Link href={place.at(`approvals/${hash}`)} className="rounded underline hover:text-ink">
            the request
          </Link>
        </span>
      </p>
      <ApproveLink hashes={[hash]} size="small" tone="plain">
        Review
      </ApproveLink>
    </div>
  );
}
