"use client";
import { describeGrant } from "@holdfast/protocol";
import { useState } from "react";
import type { ProposalRequest } from "@/browser/propose/draft-commands.ts";
import { Button } from "@/components/button.tsx";
import { TextField } from "@/components/field.tsx";
import { Notice } from "@/components/notice.tsx";
import { ApproveLink } from "@/features/approvals/approve-link.tsx";
import { ProposalProgress, useCommands, useDecided } from "@/features/approvals/proposal-progress.tsx";
import { readCommand } from "@/features/approvals/read-command.ts";
import { DraftPanel, ReviewProposal } from "@/features/approvals/review-proposal.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import { enrolRequest, formOf, grantOf } from "@/features/clients/client-form.ts";
import { createRequest, EMPTY_KEY, keyNameError, LONGEST_LABEL, labelError } from "@/features/keys/key-form.ts";
import { useFirstObjects } from "./use-first-objects.ts";

const FIRST_CLIENT = formOf("rest");

/** Both commands together: one look, one touch on the key server's page. */
export function FirstProposal() {
  const { waiting, rejected } = useFirstObjects();
  const commands = useCommands(waiting);
  const [key, setKey] = useState("orders-db");
  const [client, setClient] = useState("billing-api");
  const [requests, setRequests] = useState<readonly ProposalRequest[]>([]);
  const [tried, setTried] = useState(false);
  const decided = useDecided(waiting);
  const drafts = useDrafts(requests, "first key and first client");
  if (requests.length) {
    return (
      <ReviewProposal drafts={drafts} action="Propose both" onClose={() => setRequests([])}>
        <HandedOut />
      </ReviewProposal>
    );
  }
  if (waiting.length && decided) return <ProposalProgress hashes={waiting} />;
  if (waiting.length) {
    return (
      <div className="space-y-3">
        <p>
          Your requests wait on your key server. Nothing has happened yet: it obeys your approval passkey and nothing
          else.
        </p>
        {commands.map((row) => {
          const read = row && readCommand(row.doc, row.hash);
          if (!read) return null;
          const { plain, words, command } = read;
          const draft = { plain, words, reason: command.reason, json: JSON.stringify(command, null, 2) };
          return <DraftPanel key={row.hash} draft={draft} />;
        })}
        <ApproveLink hashes={waiting}>Approve on your key server</ApproveLink>
        <ProposalProgress hashes={waiting} />
        <HandedOut />
      </div>
    );
  }
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (keyNameError(key) || labelError(client)) return;
        setRequests([createRequest({ ...EMPTY_KEY, label: key }), enrolRequest({ ...FIRST_CLIENT, label: client })]);
      }}
    >
      {rejected ? (
        <Notice title="You rejected what was proposed last." live>
          <p>Nothing was made. Change what you like and propose it again.</p>
        </Notice>
      ) : null}
      <p>A key to encrypt with, and the application that may use it. You say what; your key server makes both.</p>
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField
          label="Name of the key"
          maxLength={LONGEST_LABEL}
          autoComplete="off"
          error={tried ? keyNameError(key) : null}
          hint="AES-256, never leaves the key server, due for rotation once a year."
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <TextField
          label="Name of the client"
          maxLength={LONGEST_LABEL}
          autoComplete="off"
          error={tried ? labelError(client) : null}
          hint={`May ${describeGrant(grantOf(FIRST_CLIENT))}; its certificate is good for 90 days.`}
          value={client}
          onChange={(event) => setClient(event.target.value)}
        />
      </div>
      <Button type="submit" tone="primary">
        Show the exact requests
      </Button>
    </form>
  );
}

function HandedOut() {
  return (
    <p className="text-muted">
      After your approval your key server&apos;s page hands out <code className="font-mono text-sm">client.crt</code>,{" "}
      <code className="font-mono text-sm">client.key</code> and <code className="font-mono text-sm">ca.crt</code>, once.
      Save them; they never pass through this dashboard. Then come back here.
    </p>
  );
}
