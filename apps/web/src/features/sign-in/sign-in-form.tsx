"use client";
import { useMutation } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { Button } from "@/components/button.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { useTRPCClient } from "@/features/connection/trpc.ts";
import { showPasskey } from "./ceremonies.ts";
import { KeptDecision } from "./kept-decision.tsx";
import { NoPasskeys } from "./no-passkeys.tsx";
import { passkeyProblem } from "./passkey-problem.ts";
import { rememberAccount } from "./remember-account.ts";
import { safePlace } from "./safe-place.ts";

/** One button: the passkey says who it is. */
export function SignInForm() {
  const client = useTRPCClient();
  const next = safePlace(useSearchParams().get("next"));
  const signIn = useMutation({
    mutationFn: async () => {
      const options = await client.signIn.begin.mutate();
      await client.signIn.finish.mutate({ response: await showPasskey(options) });
    },
    onSuccess: () => {
      rememberAccount();
      location.assign(next);
    },
  });
  return (
    <div className="space-y-4">
      <NoPasskeys />
      <KeptDecision page={next} />
      {signIn.error ? <ProblemNotice problem={passkeyProblem(signIn.error)} /> : null}
      <Button
        tone="primary"
        size="large"
        className="w-full"
        busy={signIn.isPending || signIn.isSuccess}
        onClick={() => signIn.mutate()}
      >
        <Fingerprint size={17} aria-hidden="true" /> Sign in with a passkey
      </Button>
      <p className="text-center text-muted">
        New here?{" "}
        <Link href="/sign-up" className="rounded font-medium text-accent hover:underline">
          Create an account
        </Link>
      </p>
    </div>
  );
}
