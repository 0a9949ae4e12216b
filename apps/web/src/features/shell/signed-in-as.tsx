"use client";
import { useQuery } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";
import { ThemeToggle } from "./theme-toggle.tsx";

/** Who is signed in, the colours, and the way out. */
export function SignedInAs() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const me = useQuery(trpc.session.me.queryOptions());
  return (
    <div className="mt-3 flex items-center gap-1 px-2.5 pt-2">
      <p className="min-w-0 flex-1 leading-tight">
        <span className="block truncate">{me.data?.account.name ?? " "}</span>
        <span className="block text-sm text-muted">with a passkey</span>
      </p>
      <ThemeToggle />
      <button
        type="button"
        aria-label="Sign out"
        title="Sign out"
        onClick={() => void client.session.signOut.mutate().finally(() => location.assign("/sign-in"))}
        className="grid size-8 place-items-center rounded-lg text-muted hover:bg-hover hover:text-ink"
      >
        <LogOut size={15} strokeWidth={1.75} />
      </button>
    </div>
  );
}
