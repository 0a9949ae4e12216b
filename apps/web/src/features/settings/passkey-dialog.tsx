"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { TextField } from "@/components/field.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";
import { passkeyProblem } from "@/features/sign-in/passkey-problem.ts";
import { useStepUp } from "@/features/sign-in/use-step-up.ts";
import type { AppRouter } from "@/server/trpc/app-router.type.ts";

export type PasskeyRow = inferRouterOutputs<AppRouter>["passkey"]["list"]["rows"][number];

/** Renames a passkey or takes it away. */
export function PasskeyDialog({ row, only, onClose }: { row: PasskeyRow; only: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const stepUp = useStepUp();
  const [label, setLabel] = useState(row.label);
  const done = async () => {
    await queries.invalidateQueries({ queryKey: trpc.passkey.pathKey() });
    await queries.invalidateQueries({ queryKey: trpc.session.pathKey() });
    onClose();
  };
  const rename = useMutation({
    mutationFn: () => client.passkey.rename.mutate({ id: row.id, label }),
    onSuccess: done,
  });
  const remove = useMutation({
    mutationFn: () => stepUp(() => client.passkey.remove.mutate({ id: row.id })),
    onSuccess: done,
  });
  const error = rename.error ?? remove.error;
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title={row.label}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (label.trim()) rename.mutate();
        }}
      >
        <TextField label="Name" maxLength={64} value={label} onChange={(event) => setLabel(event.target.value)} />
        {error ? <ProblemNotice problem={passkeyProblem(error)} /> : null}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" tone="primary" busy={rename.isPending} disabled={!label.trim()}>
            Rename
          </Button>
          <Button tone="danger" busy={remove.isPending} disabled={only} onClick={() => remove.mutate()}>
            Remove this passkey
          </Button>
        </div>
        <p className="text-sm text-muted">
          {only
            ? "It is your only passkey, so it stays. Add another one first."
            : "Removing it ends every other session of yours. Your approval passkeys are not touched; they live at your key server."}
        </p>
      </form>
    </Dialog>
  );
}
