"use client";
import { type ReactNode, useState } from "react";
import type { ProposalRequest } from "@/browser/propose/draft-commands.ts";
import { useLinked } from "@/features/custody/use-linked.tsx";

/** What a page's form says, and the request it ends in, which then stands in the form's place. */
export interface RequestDraft<Form> {
  readonly form: Form;
  /** From the first try on, fields say what is wrong with them. */
  readonly tried: boolean;
  /** What was asked, as it was then; none while the form is filled. */
  readonly requests: readonly ProposalRequest[];
  set(change: Partial<Form>): void;
  /** @param request - Null while something is wrong with the fields. */
  ask(request: ProposalRequest | null): void;
  /** Back to the form as it was filled. */
  change(): void;
}

/** @param first - The form as it opens. */
export function useRequestDraft<Form>(first: Form | (() => Form)): RequestDraft<Form> {
  const [form, setForm] = useState(first);
  const [tried, setTried] = useState(false);
  const [requests, setRequests] = useState<readonly ProposalRequest[]>([]);
  return {
    form,
    tried,
    requests,
    set: (change) => setForm((now) => ({ ...now, ...change })),
    ask: (request) => {
      setTried(true);
      if (request !== null) setRequests([request]);
    },
    change: () => setRequests([]),
  };
}

/** The panels of a page's form; in their place, where nobody is there to be asked, the way to connect a key server. */
export function RequestForm({ onAsk, children }: { onAsk: () => void; children: ReactNode }) {
  const linked = useLinked();
  return (
    linked ?? (
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          onAsk();
        }}
      >
        {children}
      </form>
    )
  );
}
