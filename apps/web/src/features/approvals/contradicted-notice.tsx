"use client";
import { Notice } from "@/components/notice.tsx";
import { ApproveLink } from "./approve-link.tsx";

/** A record of the dashboard that the log contradicts: nothing that follows from it is shown. */
export function ContradictedNotice({ hash }: { hash: string }) {
  return (
    <Notice tone="danger" title="The dashboard's record does not agree with the custody log." live>
      <p>
        What became of this request is not what the dashboard&apos;s database says. It may still be about to happen.
        Your key server&apos;s own page and console stay trustworthy.
      </p>
      <ApproveLink hashes={[hash]} tone="plain">
        See it on your key server
      </ApproveLink>
      <p className="font-mono text-sm">P_OUTCOME</p>
    </Notice>
  );
}
