"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FilePlus2 } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/button.tsx";
import { SelectField } from "@/components/field.tsx";
import { Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";

const PERIODS = [
  ["", "everything since the beginning"],
  ["30", "the last 30 days"],
  ["90", "the last 90 days"],
  ["365", "the last year"],
] as const;
const DAY_SECONDS = 86_400;

/** Asks the key server for a report of a period. */
export function RequestReport({ waiting }: { waiting: number }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const scope = useScope();
  const queries = useQueryClient();
  const asking = useRef(false);
  const [days, setDays] = useState("");
  const request = useMutation({
    mutationFn: () => {
      const now = Math.floor(Date.now() / 1000);
      const period = days ? { from: now - Number(days) * DAY_SECONDS, to: now } : {};
      return client.report.request.mutate({ ...scope, ...period });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: trpc.report.pathKey() }),
  });
  return (
    <Panel title="Custody report" hint="PDF to hand to an auditor, with the evidence inside">
      <form
        className="flex flex-wrap items-end gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (asking.current) return;
          asking.current = true;
          request.mutate(undefined, {
            onSettled: () => {
              asking.current = false;
            },
          });
        }}
      >
        <SelectField
          label="Period"
          className="basis-64"
          options={PERIODS}
          value={days}
          onChange={(event) => setDays(event.target.value)}
        />
        <Button type="submit" tone="primary" busy={request.isPending} disabled={waiting > 0}>
          <FilePlus2 size={15} aria-hidden="true" /> Make the report
        </Button>
      </form>
      {request.error ? (
        <div className="px-4 pb-4">
          <ProblemNotice problem={problemOf(request.error)} />
        </div>
      ) : null}
    </Panel>
  );
}
