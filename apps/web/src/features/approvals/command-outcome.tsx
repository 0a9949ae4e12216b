"use client";
import { Badge, type Tone } from "@/components/badge.tsx";
import { ProofBadge } from "@/features/custody/proof-badge.tsx";
import { useEntryProof } from "@/features/custody/use-entry-proof.ts";

const OUTCOMES: Record<string, readonly [string, Tone]> = {
  applied: ["done", "good"],
  scheduled: ["waits its delay", "warning"],
  refused: ["refused", "danger"],
  cancelled: ["rejected", "danger"],
  expired: ["ran out", "quiet"],
};

/** What became of a command, with the word this browser earned for it. */
export function CommandOutcome({
  command,
}: {
  command: { status: string; code: string | null; entry: number | null };
}) {
  const proof = useEntryProof(command.entry, command.entry !== null);
  const [word, tone] = OUTCOMES[command.status] ?? [command.status, "quiet"];
  if (command.status === "applied" && proof.level === "checked") {
    return <Badge tone="good">done, checked</Badge>;
  }
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      <Badge tone={tone} title={command.code ?? undefined}>
        {word}
      </Badge>
      {command.code ? <code className="font-mono text-sm text-muted">{command.code}</code> : null}
      {command.entry === null ? null : <ProofBadge level={proof.level} code={proof.code} short />}
    </span>
  );
}
