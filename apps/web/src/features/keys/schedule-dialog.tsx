"use client";
import type { ScheduledDeed } from "@holdfast/protocol";
import { useMemo, useState } from "react";
import { Dialog } from "@/components/dialog.tsx";
import { SelectField, TextField } from "@/components/field.tsx";
import { useAsking } from "@/features/approvals/asking.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import { type ScheduleWish, scheduleEndRequest, scheduleRequest } from "./key-request.ts";
import { KeyRequestDialog } from "./key-request-dialog.tsx";
import type { KeyRecord } from "./key-row.ts";
import { isRotatable } from "./key-words.ts";
import { isForOwner } from "./period-text.ts";
import { ReviewAction, useAlreadyOpen } from "./review-action.tsx";

const DAY = 86_400;
const MOST_DAYS = 3650;

/** Seconds of a number of whole days as typed; null for anything else. */
function daysOf(text: string): number | null {
  const days = Number(text);
  return Number.isInteger(days) && days >= 1 && days <= MOST_DAYS ? days * DAY : null;
}

function wishOf(does: ScheduledDeed, everySec: number, unusedSec: number | undefined): ScheduleWish {
  return { does, everySec, ...(unusedSec === undefined ? {} : { unusedSec }) };
}

/** What a schedule may do with this key: never what would stop a product that holds it. */
function deedsFor(record: KeyRecord): readonly (readonly [ScheduledDeed, string])[] {
  const all: readonly (readonly [ScheduledDeed, string, boolean])[] = [
    ["rotate", "Give it a new version", isRotatable(record) && !isForOwner(record)],
    ["deactivate", "Retire it when nobody uses it", !isForOwner(record)],
    ["notify", "Remind that it is due for rotation", true],
  ];
  return all.filter(([, , fits]) => fits).map(([deed, text]) => [deed, text] as const);
}

/** Asks what the key server is to do by itself and how often, then shows the exact request. */
export function ScheduleDialog({ record, onClose }: { record: KeyRecord; onClose: () => void }) {
  const deeds = deedsFor(record);
  const [does, setDoes] = useState<ScheduledDeed>(deeds[0]?.[0] ?? "notify");
  const [every, setEvery] = useState("90");
  const [unused, setUnused] = useState("90");
  const asking = useAsking();
  const { tried } = asking;
  const everySec = does === "deactivate" ? DAY : daysOf(every);
  const unusedSec = does === "deactivate" ? daysOf(unused) : undefined;
  const wish = everySec !== null && unusedSec !== null ? wishOf(does, everySec, unusedSec) : null;
  return (
    <KeyRequestDialog
      record={record}
      act="schedule.set"
      title={`A schedule for ${record.label}`}
      action="Propose: set the schedule"
      request={() => wish && scheduleRequest(record, wish)}
      onClose={onClose}
      asking={asking}
      ready={wish !== null}
    >
      <p>
        Your key server does it from its own clock, also when this dashboard is gone, and writes every run into the
        custody log. It never destroys a key or hands one out by schedule.
      </p>
      <SelectField
        label="What"
        options={deeds}
        value={does}
        onChange={(event) => setDoes(event.target.value as ScheduledDeed)}
      />
      {does === "deactivate" ? (
        <TextField
          label="Days without use"
          inputMode="numeric"
          hint="It looks every day. Who decrypts counts as using it."
          error={tried && unusedSec === null ? `A whole number, 1 to ${MOST_DAYS}.` : null}
          value={unused}
          onChange={(event) => setUnused(event.target.value)}
        />
      ) : (
        <TextField
          label="Every how many days"
          inputMode="numeric"
          hint="First after as many days."
          error={tried && everySec === null ? `A whole number, 1 to ${MOST_DAYS}.` : null}
          value={every}
          onChange={(event) => setEvery(event.target.value)}
        />
      )}
    </KeyRequestDialog>
  );
}

/** Shows the exact request that ends a schedule; one administrator's approval is enough. */
export function EndScheduleDialog({
  record,
  does,
  onClose,
}: {
  record: KeyRecord;
  does: ScheduledDeed;
  onClose: () => void;
}) {
  const waits = useAlreadyOpen("schedule.clear", record.id);
  // The request that is proposed here waits as well, from then on.
  const [waited] = useState(waits !== null);
  const requests = useMemo(() => [scheduleEndRequest(record, does)], [record, does]);
  const drafts = useDrafts(requests, "");
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title={`End a schedule of ${record.label}`}>
      {waited && waits !== null ? (
        waits
      ) : (
        <ReviewAction record={record} drafts={drafts} action="Propose: end the schedule" onClose={onClose} />
      )}
    </Dialog>
  );
}
