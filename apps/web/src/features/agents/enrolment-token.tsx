"use client";
import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/button.tsx";
import { CopyButton } from "@/components/copy-button.tsx";
import { useNow } from "@/components/moment.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { showDuration } from "@/components/time-text.ts";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";

/** A token shown once. What to do with it is said, and never as a command to paste. */
export function EnrolmentToken() {
  const trpc = useTRPC();
  const scope = useScope();
  const now = useNow(1_000);
  const token = useMutation(trpc.agent.token.create.mutationOptions());
  const made = token.data;
  const expired = made ? made.expiresAt <= now : false;
  return (
    <div className="space-y-3">
      {token.error ? <ProblemNotice problem={problemOf(token.error)} /> : null}
      {made && !expired ? (
        <>
          <div className="flex items-start gap-2 rounded-lg border bg-ground p-3">
            <code data-testid="enrolment-token" className="min-w-0 flex-1 break-all font-mono text-sm">
              {made.token}
            </code>
            <CopyButton text={made.token} label="Copy token" />
          </div>
          <p className="text-muted">
            Shown once, works once; <span className="tabular">{showDuration(made.expiresAt - now)}</span> left.
          </p>
        </>
      ) : (
        <Button tone="primary" busy={token.isPending} onClick={() => token.mutate(scope)}>
          {expired ? "It ran out: make a new token" : "Make a token"}
        </Button>
      )}
      <ol className="list-decimal space-y-1 pl-5">
        <li>
          Open the address that your key server printed where it was started. It begins with its own name, for example{" "}
          <code className="font-mono text-sm [overflow-wrap:anywhere]">http://agent.localhost:7400/claim#…</code>, and
          ends with <code className="font-mono text-sm">#</code> and a one-time word: copy it whole, with everything
          after <code className="font-mono text-sm">#</code>.
        </li>
        <li>Give it this token when it asks where it belongs.</li>
        <li>Make your approval passkey and keep the replacement key there, then say yes on the console.</li>
      </ol>
    </div>
  );
}
