"use client";
import { ExternalLink, Fingerprint } from "lucide-react";
import { Button, type ButtonTone } from "@/components/button.tsx";
import { useApprovalOrigin } from "./use-approval-origin.ts";

/** The way to the key server's own page, in a tab of its own that cannot reach back. */
export function ApproveLink({ hashes, tone = "primary", size, children }: ApproveLinkProps) {
  const origin = useApprovalOrigin();
  if (!origin) return <span className="text-muted">Open your key server&apos;s own page to approve.</span>;
  return (
    <Button tone={tone} size={size} asChild>
      <a href={`${origin}/approve#${hashes.join(".")}`} target="_blank" rel="noopener noreferrer">
        <Fingerprint size={15} aria-hidden="true" />
        {children ?? "Approve on your key server"}
        <ExternalLink size={13} aria-hidden="true" />
      </a>
    </Button>
  );
}

interface ApproveLinkProps {
  hashes: readonly string[];
  tone?: ButtonTone;
  size?: "small" | "normal" | "large";
  children?: string;
}
