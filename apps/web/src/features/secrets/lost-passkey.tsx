"use client";
import { ExternalLink, LifeBuoy } from "lucide-react";
import { Button } from "@/components/button.tsx";
import { useApprovalOrigin } from "@/features/approvals/use-approval-origin.ts";

/** The way to what helps when an approval passkey is lost: the key server's own page, which needs no dashboard. */
export function LostPasskey() {
  const origin = useApprovalOrigin();
  if (!origin) return null;
  return (
    <Button asChild>
      <a href={`${origin}/recover`} target="_blank" rel="noopener noreferrer">
        <LifeBuoy size={15} aria-hidden="true" />
        Lost a passkey?
        <ExternalLink size={13} aria-hidden="true" />
      </a>
    </Button>
  );
}
