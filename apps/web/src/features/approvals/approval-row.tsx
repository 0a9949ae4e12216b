"use client";
import Link from "next/link";
import { useMemo } from "react";
import { Badge } from "@/components/badge.tsx";
import { useNow } from "@/components/moment.tsx";
import { ProgressBars } from "@/components/progress-bars.tsx";
import { showAge, showDuration } from "@/components/time-text.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { ApproveLink } from "./approve-link.tsx";
import type { CommandRow } from "./command-row.ts";
import { readCommand } from "./read-command.ts";

/** One request in plain words, how far it is, and the button that opens the right page. */
export function ApprovalRow({
  row,
  chosen,
  onChoose,
}: {
  row: CommandRow;
  chosen: boolean;
  onChoose?: (on: boolean) => void;
}) {
  const place = usePlace();
  const now = useNow();
  const read = useMemo(() => readCommand(row.doc, row.hash), [row.doc, row.hash]);
  if (!read) {
    return (
      <li className="px-4 py-4 text-danger">A request whose bytes do not fit its name. Approve nothing; report it.</li>
    );
  }
  const { command, plain } = read;
  return (
    <li className="flex gap-3 px-4 py-4 has-[a.stretched:hover]:bg-hover">
      {onChoose ? (
        <input
          type="checkbox"
          aria-label={`Choose ${plain.title}`}
          checked={chosen}
          onChange={(event) => onChoose(event.target.checked)}
          className="mt-1.5 size-4 shrink-0 accent-[var(--accent)]"
        />
      ) : null}
      <div className="grid min-w-0 flex-1 grid-cols-[1fr_auto] items-center gap-x-4 gap-y-2 sm:grid-cols-[1fr_auto_auto]">
        <div className="col-span-2 min-w-0 sm:col-span-1">
          <div className="flex items-start justify-between gap-3 sm:justify-start">
            <Link
              href={place.at(`approvals/${row.hash}`)}
              className="stretched min-w-0 text-lg font-semibold tracking-tight [overflow-wrap:anywhere] hover:underline sm:text-base"
            >
              {plain.title}
            </Link>
            <Badge tone={plain.danger ? "danger" : "quiet"}>{plain.tag}</Badge>
          </div>
          <p className="mt-0.5 text-muted [overflow-wrap:anywhere]">
            asked {showAge(now - command.issued)}
            {command.reason ? ` · “${command.reason}”` : ""} ·{" "}
            {command.exp > now ? `runs out in ${showDuration(command.exp - now)}` : "ran out"}
            {row.delivered ? "" : " · on its way to the key server"}
          </p>
        </div>
        <ProgressBars have={row.have} need={row.need} />
        <ApproveLink hashes={[row.hash]}>Review</ApproveLink>
      </div>
    </li>
  );
}
