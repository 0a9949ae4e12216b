"use client";
import { CodeBlock } from "@/components/code-block.tsx";
import { CheckField, SelectField, TextField } from "@/components/field.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { useAgents } from "@/features/agents/use-agents.ts";
import { RequestForm, useRequestDraft } from "@/features/approvals/request-form.tsx";
import { ReviewPage } from "@/features/approvals/review-page.tsx";
import { ShowRequest } from "@/features/approvals/show-request.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { LONGEST_LABEL } from "@/features/keys/key-form.ts";
import { AddTabs } from "./add-tabs.tsx";
import { OperationFields } from "./grant-fields.tsx";
import { EMPTY_PERMIT, LASTS, type PermitForm, permitFormError, permitRequest, VALIDITIES } from "./permit-form.ts";
import { enrolSnippet } from "./permit-standing.ts";

/** Lets so many clients enrol by themselves, for so long and from named networks: the form, then the exact command. */
export function AddPermit() {
  const place = usePlace();
  const draft = useRequestDraft<PermitForm>(EMPTY_PERMIT);
  const { form, set, tried } = draft;
  const errors = permitFormError(form);
  const ready = form.ops.length > 0 && Object.values(errors).every((each) => each === null);
  if (draft.requests.length) {
    return (
      <ReviewPage
        title={`New enrolment secret: ${form.label}`}
        requests={draft.requests}
        list={{ href: place.at("clients"), text: "To the clients" }}
        onChange={draft.change}
      >
        <WhatFollows />
      </ReviewPage>
    );
  }
  return (
    <>
      <PageHeader
        title="Let machines enrol themselves"
        detail="For machines that come and go. You approve once how many, for how long and from where; each then gets a certificate of its own with a secret that your key server makes."
      />
      <AddTabs current="permit" />
      <RequestForm onAsk={() => draft.ask(ready ? permitRequest(form, Math.floor(Date.now() / 1000)) : null)}>
        <Panel title="Who comes in">
          <div className="grid gap-4 p-4 sm:grid-cols-2">
            <TextField
              label="Name"
              placeholder="web"
              hint="Clients are called after it: web 1, web 2."
              autoComplete="off"
              maxLength={LONGEST_LABEL}
              error={tried ? errors.label : null}
              value={form.label}
              onChange={(event) => set({ label: event.target.value })}
            />
            <TextField
              label="How many"
              inputMode="numeric"
              hint="At most so many, whatever becomes of them. Keep it small: a thief of the secret has what is left of it."
              autoComplete="off"
              error={tried ? errors.most : null}
              value={form.most}
              onChange={(event) => set({ most: event.target.value })}
            />
            <TextField
              label="From these networks"
              mono
              placeholder="10.20.0.0/16, 2001:db8:7::/48"
              hint="As your key server sees them: behind a proxy or address translation that is the proxy's own address."
              autoComplete="off"
              spellCheck={false}
              error={tried ? errors.networks : null}
              value={form.networks}
              onChange={(event) => set({ networks: event.target.value })}
            />
            <SelectField
              label="The secret is good for"
              options={LASTS}
              hint="After that nobody comes in by it. Who came before stays."
              value={form.lasts}
              onChange={(event) => set({ lasts: event.target.value })}
            />
            <SelectField
              label="Each certificate is good for"
              options={VALIDITIES}
              hint="A little longer than a machine lives."
              value={form.validity}
              onChange={(event) => set({ validity: event.target.value })}
            />
            <CheckField
              label="May be renewed"
              hint="Otherwise a client ends for good with its certificate."
              checked={form.renewable}
              onChange={(event) => set({ renewable: event.target.checked })}
            />
          </div>
        </Panel>
        <Panel title="What each may">
          <div className="space-y-5 p-4">
            <TextField
              label="Key group"
              mono
              className="sm:max-w-sm"
              autoComplete="off"
              hint="Every key of this one group, also later ones, and no other."
              error={tried ? errors.group : null}
              value={form.group}
              onChange={(event) => set({ group: event.target.value })}
            />
            <OperationFields ops={form.ops} onChange={(ops) => set({ ops })} tried={tried} />
          </div>
        </Panel>
        <ShowRequest />
      </RequestForm>
    </>
  );
}

/** Where the secret appears, and what each machine runs with it. */
function WhatFollows() {
  const rest = useAgents().find((agent) => agent.rest)?.rest ?? null;
  return (
    <Panel title="After that" hint="on the machines">
      <ol className="list-decimal space-y-3 py-4 pl-9 pr-4 marker:text-muted">
        <li>
          When it is approved, your key server&apos;s page offers{" "}
          <code className="font-mono text-sm">enrolment.secret</code> and{" "}
          <code className="font-mono text-sm">ca.crt</code> once, to whoever&apos;s touch made it so. They never pass
          through this dashboard.
        </li>
        <li>Put both where the machines get their other secrets from: a secret manager, not an image.</li>
        <li className="min-w-0">
          Each machine makes a key that never leaves it, and gets its certificate:
          <div className="mt-1.5">
            <CodeBlock label="command" text={enrolSnippet(rest)} />
          </div>
        </li>
      </ol>
    </Panel>
  );
}
