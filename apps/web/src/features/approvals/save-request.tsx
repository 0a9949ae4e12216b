"use client";
import { encodeEnvelope } from "@holdfast/protocol";
import { Button } from "@/components/button.tsx";
import { saveFile } from "@/components/save-file.ts";

/** A request as a file, for where the mailbox does not reach the key server: `command deliver` takes it there. */
export function SaveRequest({ doc, hash }: { doc: string; hash: string }) {
  const save = () => {
    const envelope = encodeEnvelope({ typ: "env", ver: 1, doc, approvals: [] });
    saveFile(`request-${hash.slice(0, 8)}.env`, new TextDecoder().decode(envelope), "application/json");
  };
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button onClick={save}>Save as a file</Button>
      <p className="min-w-0 flex-1 basis-60 text-sm text-muted">
        Where this does not reach your key server, bring it by hand:{" "}
        <code className="font-mono">holdfast-agent command deliver FILE</code> takes it and names the address where it
        is approved.
      </p>
    </div>
  );
}
