"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { ProblemNotice } from "@/components/problem.tsx";
import { codeOf, problemOf } from "@/features/connection/problem-of.ts";
import { useTRPCClient } from "@/features/connection/trpc.ts";
import { hasAccount } from "./remember-account.ts";

/** Sends a person to the environment they can see, to their first one, or to sign in. */
export function Home() {
  const client = useTRPCClient();
  const router = useRouter();
  const place = useQuery({
    queryKey: ["home"],
    retry: false,
    queryFn: async (): Promise<string> => {
      try {
        const [tenant] = (await client.tenant.list.query()).rows;
        if (!tenant) return "/welcome";
        const [environment] = (await client.environment.list.query({ tenantId: tenant.id })).rows;
        return environment ? `/${tenant.id}/${environment.id}` : `/${tenant.id}/new-environment`;
      } catch (error) {
        if (codeOf(error) !== "UNAUTHORIZED") throw error;
        return hasAccount() ? "/sign-in" : "/sign-up";
      }
    },
  });
  useEffect(() => {
    if (place.data) router.replace(place.data);
  }, [place.data, router]);
  if (place.error) return <ProblemNotice problem={problemOf(place.error)} />;
  return (
    <p role="status" className="breathe text-center text-muted">
      Opening your environment…
    </p>
  );
}
