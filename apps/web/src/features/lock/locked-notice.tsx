"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Button } from "@/components/button.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { useIsLocked } from "./use-is-locked.ts";

/** Said above every page while an environment takes no changes; nothing otherwise. */
export function LockedNotice() {
  const place = usePlace();
  const pathname = usePathname();
  const locked = useIsLocked();
  if (!locked || pathname === place.at("lock")) return null;
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-lg bg-warning-ground px-4 py-2.5 text-warning">
      <p className="min-w-0 flex-1 basis-72">
        <span className="font-semibold">This environment is locked.</span> Keys are used as before; nothing is changed,
        but what only takes something away.
      </p>
      <Button size="small" asChild>
        <Link href={place.at("lock")}>Unlock it…</Link>
      </Button>
    </div>
  );
}
