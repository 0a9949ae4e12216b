"use client";
import { useQuery } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/button.tsx";
import { useTRPC } from "@/features/connection/trpc.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";

/** Asks for a second sign-in passkey until there is one. */
export function SecondPasskey() {
  const trpc = useTRPC();
  const place = usePlace();
  const passkeys = useQuery(trpc.passkey.list.queryOptions());
  if (passkeys.data?.rows.length !== 1) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg bg-quiet px-4 py-2.5">
      <Fingerprint size={16} className="shrink-0 text-muted" aria-hidden="true" />
      <p className="min-w-0 flex-1 basis-64">
        You sign in with one passkey only. Add a second one today: if you lose the only one, nobody can let you in
        again.
      </p>
      <Button size="small" asChild>
        <Link href={place.at("settings")}>Add a passkey</Link>
      </Button>
    </div>
  );
}
