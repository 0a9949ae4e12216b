"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { Choice } from "@/components/choice.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { TextField } from "@/components/field.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPCClient } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { useStepUp } from "@/features/sign-in/use-step-up.ts";
import { KindFields } from "./kind-fields.tsx";
import { type NoticeKinds, useReread } from "./use-notices.ts";
import { WebhookSecret } from "./webhook-secret.tsx";

/** Adds a receiver; shows a webhook's secret once. */
export function AddReceiver({ kinds, offered, onClose }: AddProps) {
  const client = useTRPCClient();
  const scope = useScope();
  const stepUp = useStepUp();
  const reread = useReread();
  const [form, setForm] = useState<"webhook" | "mail">("webhook");
  const [target, setTarget] = useState("");
  const [chosen, setChosen] = useState<string[]>(kinds.map(({ kind }) => kind));
  const add = useMutation({
    mutationFn: () => stepUp(() => client.notice.add.mutate({ ...scope, form, target: target.trim(), kinds: chosen })),
    onSuccess: async ({ secret }) => {
      await reread();
      if (secret === null) onClose();
    },
  });
  const secret = add.data?.secret;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? null : onClose())}
      title={secret ? "The webhook's secret" : "Add a receiver"}
      description={
        secret ? undefined : "It is told what this dashboard knows: ids, dates and the names you share. Never a key."
      }
      footer={secret ? <Button onClick={onClose}>I have copied it</Button> : undefined}
    >
      {secret ? (
        <WebhookSecret secret={secret} />
      ) : (
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate();
          }}
        >
          <Choice
            label="Kind of receiver"
            value={form}
            onChange={setForm}
            options={[
              { value: "webhook", title: "Webhook", detail: "signed as Standard Webhooks say" },
              {
                ...{ value: "mail", title: "Mail", disabled: !offered.mail },
                detail: offered.mail
                  ? "once its owner has confirmed it"
                  : "whoever runs this has set up no mail server",
              },
            ]}
          />
          <TextField
            label={form === "mail" ? "Mail address" : "Address"}
            type={form === "mail" ? "email" : "url"}
            hint={form === "mail" ? "A code is sent there first." : "https, reachable from the public Internet"}
            placeholder={form === "mail" ? "oncall@example.com" : "https://hooks.example.com/holdfast"}
            autoComplete="off"
            spellCheck={false}
            mono
            required
            value={target}
            onChange={(event) => setTarget(event.target.value)}
          />
          <KindFields kinds={kinds} chosen={chosen} onChange={setChosen} />
          {add.error ? <ProblemNotice problem={problemOf(add.error)} /> : null}
          <Button type="submit" tone="primary" busy={add.isPending} disabled={!target.trim() || chosen.length === 0}>
            Add
          </Button>
        </form>
      )}
    </Dialog>
  );
}

interface AddProps {
  kinds: NoticeKinds;
  offered: { webhook: boolean; mail: boolean };
  onClose: () => void;
}
