"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { textError } from "@/browser/propose/text-error.ts";
import { Button } from "@/components/button.tsx";
import { TextField } from "@/components/field.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";

const LONGEST_NAME = 64;

/** Names the organisation and its first environment: where keys will live. */
export function Welcome() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const router = useRouter();
  const me = useQuery(trpc.session.me.queryOptions());
  const [organisation, setOrganisation] = useState("");
  const [environment, setEnvironment] = useState("Production");
  const [tried, setTried] = useState(false);
  const errors = {
    organisation: organisation.trim() ? textError(organisation, LONGEST_NAME) : "Whose keys are they?",
    environment: environment.trim() ? textError(environment, LONGEST_NAME) : "Give it a name.",
  };
  const create = useMutation({
    mutationFn: () => client.tenant.create.mutate({ name: organisation, environmentName: environment }),
    onSuccess: ({ tenantId, environmentId }) => router.push(`/${tenantId}/${environmentId}/start`),
  });
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (Object.values(errors).every((error) => error === null)) create.mutate();
      }}
    >
      <TextField
        label="Organisation"
        name="organisation"
        autoComplete="organization"
        maxLength={LONGEST_NAME}
        placeholder="Northwind"
        error={tried ? errors.organisation : null}
        value={organisation}
        onChange={(event) => setOrganisation(event.target.value)}
      />
      <TextField
        label="Environment"
        name="environment"
        maxLength={LONGEST_NAME}
        hint="A trust domain of its own: its key servers, administrators and keys are shared with no other."
        error={tried ? errors.environment : null}
        value={environment}
        onChange={(event) => setEnvironment(event.target.value)}
      />
      {create.error ? <ProblemNotice problem={problemOf(create.error)} /> : null}
      <Button type="submit" tone="primary" size="large" className="w-full" busy={create.isPending}>
        Continue
      </Button>
      {me.data ? <p className="text-center text-muted">Signed in as {me.data.account.name}</p> : null}
    </form>
  );
}
