"use client";
import { useMutation } from "@tanstack/react-query";
import { Flag } from "lucide-react";
import { Button } from "@/components/button.tsx";
import { saveFile } from "@/components/save-file.ts";
import { useTRPCClient } from "@/features/connection/trpc.ts";
import { evidenceFrom } from "@/features/custody/evidence-from.ts";
import { useScope } from "@/features/environment/environment-context.tsx";

/** Keeps what the dashboard showed as a file, for whoever looks into it, and says how to stop at the key server. */
export function ReportMismatch({ tone }: { tone: "danger" | "quiet" }) {
  const client = useTRPCClient();
  const scope = useScope();
  const report = useMutation({
    mutationFn: async () => {
      const evidence = evidenceFrom(client, scope);
      const [chain, checkpoint] = await Promise.all([evidence.chain(), evidence.checkpoint()]);
      const at = new Date().toISOString();
      saveFile("holdfast-mismatch.json", JSON.stringify({ at, chain, checkpoint }, null, 1), "application/json");
    },
  });
  return (
    <>
      <Button tone={tone} busy={report.isPending} onClick={() => report.mutate()}>
        <Flag size={14} aria-hidden="true" /> Report: they differ
      </Button>
      {report.isSuccess ? (
        <p role="status" className="w-full text-muted">
          What this page was shown is in <code className="font-mono text-sm">holdfast-mismatch.json</code>. Keep it,
          stop the key server, and tell whoever runs this dashboard; with the file the difference can be proved.
        </p>
      ) : null}
    </>
  );
}
