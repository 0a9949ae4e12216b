"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { TextField } from "@/components/field.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { showDate } from "@/components/time-text.ts";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPCClient } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { useStepUp } from "@/features/sign-in/use-step-up.ts";
import { KindFields } from "./kind-fields.tsx";
import { type NoticeKinds, type Receiver, useReread } from "./use-notices.ts";
import { WebhookSecret } from "./webhook-secret.tsx";

/** Confirms, changes or removes one receiver. */
export function ReceiverDialog({ receiver, kinds, onClose }: DialogProps) {
  const { id, form, confirmed, name, previousUntil } = receiver;
  const client = useTRPCClient();
  const at = { ...useScope(), id };
  const stepUp = useStepUp();
  const reread = useReread();
  const [chosen, setChosen] = useState<string[]>(receiver.kinds);
  const [code, setCode] = useState("");
  const done = async () => {
    await reread();
    onClose();
  };
  const confirm = useMutation({ mutationFn: () => client.notice.confirm.mutate({ ...at, code }), onSuccess: done });
  const change = useMutation({
    mutationFn: () => client.notice.change.mutate({ ...at, kinds: chosen }),
    onSuccess: done,
  });
  const remove = useMutation({ mutationFn: () => client.notice.remove.mutate(at), onSuccess: done });
  const rotate = useMutation({ mutationFn: () => stepUp(() => client.notice.rotate.mutate(at)), onSuccess: reread });
  const error = confirm.error ?? change.error ?? remove.error ?? rotate.error;
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title={name}>
      <div className="space-y-4">
        {confirmed ? null : (
          <form
            className="flex flex-wrap items-end gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              confirm.mutate();
            }}
          >
            <TextField
              label="Code from the mail"
              inputMode="numeric"
              maxLength={8}
              mono
              className="flex-1"
              value={code}
              onChange={(event) => setCode(event.target.value.replace(/\D/g, ""))}
            />
            <Button type="submit" tone="primary" busy={confirm.isPending} disabled={code.length !== 8}>
              Confirm
            </Button>
          </form>
        )}
        {rotate.data ? <WebhookSecret secret={rotate.data.secret} /> : null}
        <KindFields kinds={kinds} chosen={chosen} onChange={setChosen} />
        {error ? <ProblemNotice problem={problemOf(error)} /> : null}
        <div className="flex flex-wrap gap-2">
          <Button tone="primary" busy={change.isPending} disabled={chosen.length === 0} onClick={() => change.mutate()}>
            Save
          </Button>
          {form === "webhook" && !rotate.data ? (
            <Button busy={rotate.isPending} onClick={() => rotate.mutate()}>
              New secret
            </Button>
          ) : null}
          <Button tone="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
            Remove
          </Button>
        </div>
        {form === "webhook" ? (
          <p className="text-sm text-muted">
            {previousUntil === null
              ? "A new secret and the one before both sign every message for a day, so that the receiver can change in between."
              : `Messages are signed with the secret before as well until ${showDate(previousUntil, "exact")}.`}
          </p>
        ) : null}
      </div>
    </Dialog>
  );
}

interface DialogProps {
  receiver: Receiver;
  kinds: NoticeKinds;
  onClose: () => void;
}
