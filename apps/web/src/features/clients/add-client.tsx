"use client";
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import type { ProposalRequest } from "@/browser/propose/draft-commands.ts";
import { Button } from "@/components/button.tsx";
import { CheckField, SelectField, TextField } from "@/components/field.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import { useLinked } from "@/features/custody/use-linked.tsx";
import { groupError, LONGEST_LABEL, labelError } from "@/features/keys/key-form.ts";
import { EMPTY_CLIENT, enrolRequest, OPERATIONS, VALIDITY } from "./client-form.ts";

const ReviewProposal = dynamic(
  () => import("@/features/approvals/review-proposal.tsx").then((module) => module.ReviewProposal),
  { ssr: false },
);

/** Enrols an application: its name, what it may do, then the exact command. */
export function AddClient() {
  const linked = useLinked();
  const group = useSearchParams().get("group");
  const [form, setForm] = useState({ ...EMPTY_CLIENT, group: group ?? EMPTY_CLIENT.group });
  const [tried, setTried] = useState(false);
  const [requests, setRequests] = useState<readonly ProposalRequest[]>([]);
  const drafts = useDrafts(requests, "");
  const errors = { label: labelError(form.label), group: groupError(form.group) };
  if (requests.length) {
    return (
      <>
        <PageHeader title={`New client: ${form.label}`} detail="This is exactly what your key server will be asked." />
        <Panel label="The exact request" className="p-4">
          <ReviewProposal drafts={drafts} />
        </Panel>
        <p className="text-muted">
          When you approve, your key server&apos;s page offers <code className="font-mono text-sm">client.crt</code>,{" "}
          <code className="font-mono text-sm">client.key</code> and <code className="font-mono text-sm">ca.crt</code>{" "}
          once. They never pass through this dashboard.
        </p>
        <Button onClick={() => setRequests([])}>Change something</Button>
      </>
    );
  }
  return (
    <>
      <PageHeader
        title="Add a client"
        detail="Your key server issues the certificate and hands its files to whoever approves, once."
      />
      {linked}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!errors.label && !errors.group && form.ops.length) setRequests([enrolRequest(form)]);
        }}
      >
        <Panel label="The client">
          <div className="grid gap-4 p-4 sm:grid-cols-2">
            <TextField
              label="Name"
              placeholder="billing-api"
              autoComplete="off"
              maxLength={LONGEST_LABEL}
              error={tried ? errors.label : null}
              value={form.label}
              onChange={(event) => setForm({ ...form, label: event.target.value })}
            />
            <TextField
              label="Key group"
              mono
              hint="It may use every key of this group, also later ones."
              error={tried ? errors.group : null}
              value={form.group}
              onChange={(event) => setForm({ ...form, group: event.target.value })}
            />
            <fieldset className="grid gap-2">
              <legend className="mb-1.5 font-medium">It may</legend>
              {OPERATIONS.map(([op, text]) => (
                <CheckField
                  key={op}
                  label={text}
                  checked={form.ops.includes(op)}
                  onChange={(event) =>
                    setForm({
                      ...form,
                      ops: event.target.checked ? [...form.ops, op] : form.ops.filter((each) => each !== op),
                    })
                  }
                />
              ))}
              {tried && form.ops.length === 0 ? <p className="text-sm text-danger">Choose at least one.</p> : null}
            </fieldset>
            <SelectField
              label="Certificate valid for"
              options={VALIDITY}
              value={form.days}
              onChange={(event) => setForm({ ...form, days: event.target.value })}
            />
          </div>
        </Panel>
        <Button type="submit" tone="primary" className="mt-4">
          Show the exact request
        </Button>
      </form>
    </>
  );
}
