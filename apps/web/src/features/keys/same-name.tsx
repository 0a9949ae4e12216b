"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect, useState } from "react";
import { useTRPC } from "@/features/connection/trpc.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import { isLive } from "./key-state.ts";

const PAUSE_MS = 300;

/** Says so where a key of that name is there already: it may be, and people should know. */
export function SameName({ name }: { name: string }) {
  const trpc = useTRPC();
  const scope = useScope();
  const place = usePlace();
  const label = useSettled(name.trim().normalize("NFC"));
  const input = { ...scope, label, limit: 200 };
  const found = useQuery(trpc.key.list.queryOptions(input, { enabled: label !== "" && label.length <= 128 }));
  const same = label === "" ? undefined : found.data?.rows.find(({ state }) => isLive(state));
  return (
    <span role="status">
      {same ? (
        <span className="text-warning">
          There is already a key called {same.label} (
          <Link href={place.at(`keys/${same.id}`)} className="rounded font-mono hover:underline">
            {same.id.slice(0, 10)}…
          </Link>
          ).{" "}
        </span>
      ) : null}
    </span>
  );
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
