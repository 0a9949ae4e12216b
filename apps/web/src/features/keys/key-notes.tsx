"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { TextField } from "@/components/field.tsx";
import { Age } from "@/components/moment.tsx";
import { Facts, Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";

const LONGEST_LINE = 200;
const LONGEST_NOTES = 4000;
const EMPTY = { title: "", owner: "", ticket: "", notes: "" };
type Notes = typeof EMPTY;

/** What members note beside a key. Nobody signs it, no grant and no key server reads it, and the page says so. */
export function KeyNotes({ subject }: { subject: string }) {
  const trpc = useTRPC();
  const scope = useScope();
  const client = useQueryClient();
  const found = useQuery(trpc.annotation.get.queryOptions({ ...scope, subject }));
  const [draft, setDraft] = useState<Notes | null>(null);
  const save = useMutation({
    ...trpc.annotation.set.mutationOptions(),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: trpc.annotation.get.queryKey({ ...scope, subject }) });
      setDraft(null);
    },
  });
  const noted = found.data ?? null;
  const edit = () => setDraft({ ...EMPTY, ...(noted ? pick(noted) : {}) });
  return (
    <Panel
      title="Notes"
      hint="not signed: anybody in your team can change them"
      action={draft === null && !found.isPending ? <Button onClick={edit}>{noted ? "Edit" : "Add"}</Button> : null}
    >
      {draft === null ? (
        <Shown noted={noted} />
      ) : (
        <form
          className="space-y-3 px-4 py-3"
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate({ ...scope, subject, ...trimmed(draft) });
          }}
        >
          {(["title", "owner", "ticket"] as const).map((name) => (
            <TextField
              key={name}
              label={LABELS[name]}
              maxLength={LONGEST_LINE}
              value={draft[name]}
              onChange={(event) => setDraft({ ...draft, [name]: event.target.value })}
            />
          ))}
          <label className="grid gap-1.5 font-medium">
            Notes
            <textarea
              className="min-h-24 w-full rounded-lg border bg-ground px-3 py-2 font-normal text-ink"
              maxLength={LONGEST_NOTES}
              value={draft.notes}
              onChange={(event) => setDraft({ ...draft, notes: event.target.value })}
            />
          </label>
          {save.error ? <ProblemNotice problem={problemOf(save.error)} /> : null}
          <div className="flex gap-2">
            <Button type="submit" tone="primary" disabled={save.isPending}>
              Save
            </Button>
            <Button onClick={() => setDraft(null)}>Cancel</Button>
          </div>
        </form>
      )}
    </Panel>
  );
}

const LABELS = { title: "Title", owner: "Owner", ticket: "Ticket", notes: "Notes" } as const;

function Shown({ noted }: { noted: (Notes & { writtenAt: number }) | null }) {
  const rows = noted ? (["title", "owner", "ticket", "notes"] as const).filter((name) => noted[name] !== "") : [];
  if (noted === null || rows.length === 0)
    return <p className="px-4 py-3 text-muted">Whose key it is, where its ticket is, what to know about it.</p>;
  return (
    <>
      <Facts
        rows={rows.map((name) => [
          LABELS[name],
          <span key={name} className="whitespace-pre-line [overflow-wrap:anywhere]">
            {noted[name]}
          </span>,
        ])}
      />
      <p className="border-t px-4 py-2 text-sm text-muted">
        Written <Age at={noted.writtenAt} />
      </p>
    </>
  );
}

function pick({ title, owner, ticket, notes }: Notes): Notes {
  return { title, owner, ticket, notes };
}

function trimmed(draft: Notes): Notes {
  const clean = (text: string) => text.trim().normalize("NFC");
  return {
    title: clean(draft.title),
    owner: clean(draft.owner),
    ticket: clean(draft.ticket),
    notes: clean(draft.notes),
  };
}
