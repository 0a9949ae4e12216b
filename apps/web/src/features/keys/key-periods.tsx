"use client";
import type { ScheduledDeed } from "@holdfast/protocol";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { Age, useNow } from "@/components/moment.tsx";
import { Facts, Panel } from "@/components/panel.tsx";
import { showDate } from "@/components/time-text.ts";
import type { KeyRecord } from "./key-row.ts";
import { limitText, plannedText } from "./origin-text.ts";
import { idleText, periodRows, scheduleText } from "./period-text.ts";
import { EndScheduleDialog, ScheduleDialog } from "./schedule-dialog.tsx";

/** When a key's use ends by itself, and what the key server does with it by itself; schedules are asked for from here. */
export function KeyPeriods({ record }: { record: KeyRecord }) {
  const now = useNow(60_000);
  const [open, setOpen] = useState<"set" | ScheduledDeed | null>(null);
  const planned = plannedText(record.planned);
  const limit = limitText(record);
  const rows = [
    ...planned.map(({ at, what, text }) => [what, `${showDate(at, "moment")}: ${text}`] as const),
    ...(limit === null ? [] : [["Limit", limit] as const]),
    ...periodRows(record, now),
  ];
  const maySet = record.state === "active" || record.state === "suspended";
  const schedules = maySet ? (record.planned.schedules ?? []) : [];
  return (
    <Panel title="By itself" action={maySet ? <Button onClick={() => setOpen("set")}>Set a schedule</Button> : null}>
      {schedules.length === 0 ? (
        <p className="px-4 py-3 text-muted">{idleText(record, now)}</p>
      ) : (
        <ul className="divide-y">
          {schedules.map((schedule) => (
            <li key={schedule.does} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
              <span className="min-w-0">
                {scheduleText(schedule)}
                <span className="block text-sm text-muted">
                  next <span className="tabular">{showDate(schedule.next, "moment")}</span> (
                  <Age at={schedule.next} />) · ran {schedule.n} {schedule.n === 1 ? "time" : "times"}
                </span>
              </span>
              <span className="ml-auto">
                <Button onClick={() => setOpen(schedule.does)}>End it</Button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {rows.length > 0 ? (
        <div className="border-t">
          <Facts rows={rows} />
        </div>
      ) : null}
      {open === "set" ? <ScheduleDialog record={record} onClose={() => setOpen(null)} /> : null}
      {open !== null && open !== "set" ? (
        <EndScheduleDialog record={record} does={open} onClose={() => setOpen(null)} />
      ) : null}
    </Panel>
  );
}
