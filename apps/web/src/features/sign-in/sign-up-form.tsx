"use client";
import { useMutation } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { TextField } from "@/components/field.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { useTRPCClient } from "@/features/connection/trpc.ts";
import { createPasskey } from "./ceremonies.ts";
import { NoPasskeys } from "./no-passkeys.tsx";
import { passkeyProblem } from "./passkey-problem.ts";
import { rememberAccount } from "./remember-account.ts";

/** A name and a passkey: that is the account. */
export function SignUpForm() {
  const client = useTRPCClient();
  const router = useRouter();
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const signUp = useMutation({
    mutationFn: async () => {
      const options = await client.signUp.begin.mutate({ name });
      await client.signUp.finish.mutate({ response: await createPasskey(options) });
    },
    onSuccess: () => {
      rememberAccount();
      router.push("/welcome");
    },
  });
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (name.trim()) signUp.mutate();
      }}
    >
      <NoPasskeys />
      <TextField
        label="Your name"
        name="name"
        autoComplete="name"
        maxLength={64}
        placeholder="Ada Lovelace"
        error={tried && !name.trim() ? "Say how colleagues know you." : null}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      {signUp.error ? <ProblemNotice problem={passkeyProblem(signUp.error)} /> : null}
      <Button type="submit" tone="primary" size="large" className="w-full" busy={signUp.isPending}>
        <Fingerprint size={17} aria-hidden="true" /> Create account with a passkey
      </Button>
      <p className="text-center text-muted">
        Have an account?{" "}
        <Link href="/sign-in" className="rounded font-medium text-accent hover:underline">
          Sign in
        </Link>
      </p>
    </form>
  );
}
