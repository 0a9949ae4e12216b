"use client";
import { RECOVERY_DELAY_BOUNDS, type Roster } from "@holdfast/protocol";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { TextField } from "@/components/field.tsx";
import type { AskedChange } from "./change-dialog.tsx";

const HOUR = 3_600;

/** How many replacement keys a recovery takes, and how long it waits. The exact change is shown before it is proposed. */
export function ReplacementRules({ recovery, onAsk, onClose }: Props) {
  const [m, setM] = useState(recovery.m);
  const [hours, setHours] = useState(recovery.delaySec / HOUR);
  const { least, most } = RECOVERY_DELAY_BOUNDS;
  const submit = () =>
    onAsk({
      title: "How a recovery works",
      change: { recovery: { m, delaySec: Math.round(hours * HOUR) } },
    });
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title="How a recovery works">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextField
          label={`How many of the ${recovery.keys.length} replacement keys it takes`}
          type="number"
          min={1}
          max={recovery.keys.length}
          value={m}
          hint="Fewer than all, so that one may be lost. Once all have signed, nobody can stop the recovery."
          onChange={(event) => setM(event.target.valueAsNumber)}
        />
        <TextField
          label="Hours that it waits afterwards"
          type="number"
          min={least / HOUR}
          max={most / HOUR}
          value={hours}
          hint="A day to 30 days. In this time whoever still has a passkey can stop it once."
          onChange={(event) => setHours(event.target.valueAsNumber)}
        />
        <div>
          <Button tone="primary" type="submit" disabled={![m, hours].every(Number.isFinite)}>
            Show the exact change
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface Props {
  recovery: Roster["recovery"];
  onAsk: (asked: AskedChange) => void;
  onClose: () => void;
}
