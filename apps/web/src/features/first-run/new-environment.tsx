"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { textError } from "@/browser/propose/text-error.ts";
import { Button } from "@/components/button.tsx";
import { TextField } from "@/components/field.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";

const LONGEST_NAME = 64;

/** Names a further environment of an organisation. */
export function NewEnvironment({ tenantId }: { tenantId: string }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const router = useRouter();
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const error = name.trim() ? textError(name, LONGEST_NAME) : "Give it a name.";
  const create = useMutation({
    mutationFn: () => client.environment.create.mutate({ tenantId, name }),
    onSuccess: async ({ environmentId }) => {
      await queries.invalidateQueries({ queryKey: trpc.environment.pathKey() });
      router.push(`/${tenantId}/${environmentId}/start`);
    },
  });
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (error === null) create.mutate();
      }}
    >
      <TextField
        label="Environment"
        maxLength={LONGEST_NAME}
        placeholder="Staging"
        error={tried ? error : null}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      {create.error ? <ProblemNotice problem={problemOf(create.error)} /> : null}
      <div className="flex gap-2">
        <Button type="submit" tone="primary" busy={create.isPending}>
          Continue
        </Button>
        <Button tone="quiet" onClick={() => router.back()}>
          Back
        </Button>
      </div>
    </form>
  );
}
