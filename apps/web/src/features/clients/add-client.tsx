"use client";
import { describeGrant } from "@holdfast/protocol";
import { useSearchParams } from "next/navigation";
import { Choice } from "@/components/choice.tsx";
import { SelectField, TextField } from "@/components/field.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { RequestForm, useRequestDraft } from "@/features/approvals/request-form.tsx";
import { ReviewPage } from "@/features/approvals/review-page.tsx";
import { ShowRequest } from "@/features/approvals/show-request.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { groupError, LONGEST_LABEL, labelError } from "@/features/keys/key-form.ts";
import { AddTabs } from "./add-tabs.tsx";
import {
  type ClientForm,
  enrolRequest,
  formOf,
  grantOf,
  introductionError,
  KEY_SOURCES,
  type KeySource,
  operationsIn,
  VALIDITY,
} from "./client-form.ts";
import { CLIENT_KINDS, clientKind } from "./client-kinds.ts";
import { ConnectProduct } from "./connect-product.tsx";
import { GrantFields } from "./grant-fields.tsx";

/** Enrols an application: what it is, its name, what it may do, then the exact command. */
export function AddClient() {
  const place = usePlace();
  const parameters = useSearchParams();
  const draft = useRequestDraft(() => firstForm(parameters));
  const { form, set, tried } = draft;
  const kind = clientKind(form.kind);
  const errors = {
    label: labelError(form.label),
    group: form.keys === "group" ? groupError(form.group) : null,
    introduction: introductionError(form),
  };
  const ready = form.ops.length > 0 && Object.values(errors).every((each) => each === null);
  if (draft.requests.length) {
    return (
      <ReviewPage
        title={`New client: ${form.label}`}
        requests={draft.requests}
        list={{ href: place.at("clients"), text: "To the clients" }}
        onChange={draft.change}
      >
        <WhatFollows source={form.source} />
        {kind.kmip ? (
          <Panel title="After that" hint={`how ${kind.product} gets to its keys`} className="pb-4">
            <div className="px-4 pt-4">
              <ConnectProduct kind={kind} />
            </div>
          </Panel>
        ) : null}
      </ReviewPage>
    );
  }
  return (
    <>
      <PageHeader
        title="Add a client"
        detail="Your key server issues the certificate and hands its files to whoever approves, once; or the application keeps a key of its own."
      />
      <AddTabs current="client" />
      <RequestForm onAsk={() => draft.ask(ready ? enrolRequest(form) : null)}>
        <Panel title="What is it?" hint="It gets what such a client needs and no more; you can change it below.">
          <div className="p-4">
            <Choice
              label="What is it?"
              value={form.kind}
              onChange={(name) => {
                const { label, days, source, introduction } = form;
                set({ ...formOf(name), label, days, source, introduction });
              }}
              options={CLIENT_KINDS}
            />
          </div>
        </Panel>
        <Panel label="The client">
          <div className="grid gap-4 p-4 sm:grid-cols-2">
            <TextField
              label="Name"
              placeholder={kind.placeholder}
              autoComplete="off"
              maxLength={LONGEST_LABEL}
              error={tried ? errors.label : null}
              value={form.label}
              onChange={(event) => set({ label: event.target.value })}
            />
            <SelectField
              label="Key and certificate"
              options={KEY_SOURCES}
              value={form.source}
              onChange={(event) => set({ source: sourceOf(event.target.value) })}
            />
            {form.source === "company" ? null : (
              <SelectField
                label="Certificate valid for"
                options={VALIDITY}
                value={form.days}
                onChange={(event) => set({ days: event.target.value })}
              />
            )}
            {form.source === "issued" ? null : (
              <TextField
                label="Introduction"
                mono
                placeholder="intro:…"
                autoComplete="off"
                hint="On the key server, “holdfast-agent intro invite --kind client-key” prints an address for whoever runs the application; “intro list” shows this when they have given the key there. Have them read their words to you: you will be asked for three."
                error={tried ? errors.introduction : null}
                value={form.introduction}
                onChange={(event) => set({ introduction: event.target.value })}
              />
            )}
          </div>
        </Panel>
        <Panel title="What it may" hint={form.ops.length ? `It may ${describeGrant(grantOf(form))}.` : undefined}>
          <GrantFields form={form} set={set} errors={tried ? errors : null} />
        </Panel>
        <ShowRequest />
      </RequestForm>
    </>
  );
}

/** What the person who approves is handed, by where the key came from. */
function WhatFollows({ source }: { source: KeySource }) {
  if (source === "company")
    return (
      <p className="text-muted">
        Nothing is handed out: the application has its key, and its certificate from your company&apos;s authority.
      </p>
    );
  return (
    <p className="text-muted">
      When you approve, your key server&apos;s page offers <code className="font-mono text-sm">client.crt</code>
      {source === "issued" ? (
        <>
          , <code className="font-mono text-sm">client.key</code>
        </>
      ) : null}{" "}
      and <code className="font-mono text-sm">ca.crt</code> once. They never pass through this dashboard.
    </p>
  );
}

function sourceOf(value: string): KeySource {
  return KEY_SOURCES.find(([source]) => source === value)?.[0] ?? "issued";
}

/** The form as the address asks for it: a kind of client, or a key's group and uses. */
function firstForm(parameters: { get(name: string): string | null }): ClientForm {
  const form = formOf(parameters.get("for"));
  const group = parameters.get("group");
  const ops = operationsIn(parameters.get("may"));
  return {
    ...form,
    ...(group === null ? {} : { keys: "group" as const, group }),
    ...(ops.length === 0 ? {} : { ops }),
  };
}
