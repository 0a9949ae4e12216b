"use client";
import { Server } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "@/components/button.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { Panel } from "@/components/panel.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { useStanding } from "./use-standing.ts";

/** What stands in place of a form while nobody is there to be asked; null when somebody is. */
export function useLinked(): ReactNode {
  const standing = useStanding();
  const place = usePlace();
  if (standing.level !== "unlinked") return null;
  return (
    <Panel label="No key server">
      <EmptyState
        icon={<Server size={18} />}
        title="There is no key server to ask yet"
        action={
          <Button asChild>
            <Link href={place.at("start")}>Connect your key server</Link>
          </Button>
        }
      >
        It takes two minutes. Then come back here.
      </EmptyState>
    </Panel>
  );
}
