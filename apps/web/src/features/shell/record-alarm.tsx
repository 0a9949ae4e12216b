"use client";
import { wordsOf } from "@holdfast/protocol";
import { Notice } from "@/components/notice.tsx";
import { Words } from "@/components/words.tsx";
import { ApproveLink } from "@/features/approvals/approve-link.tsx";
import { useHidden } from "@/features/custody/use-hidden.ts";

/** What the log has waiting for its delay and the dashboard's record hides, above every page. */
export function RecordAlarm() {
  const hidden = useHidden();
  if (hidden.length === 0) return null;
  return (
    <Notice tone="danger" title="The dashboard's record does not agree with the custody log." live>
      <ul className="space-y-2">
        {hidden.map(({ of, hash }) => (
          <li key={hash} className="space-y-1.5">
            <p>
              {of === "link" ? "A change of administrators and rules" : "A request"} is approved and waits its delay, by
              the log that your browser verified; the dashboard&apos;s own record says something else. Its words are
            </p>
            <Words words={wordsOf(hash)} size="small" />
            <ApproveLink hashes={[hash]} tone="plain" size="small">
              See it on your key server
            </ApproveLink>
          </li>
        ))}
      </ul>
      <p>
        Approve nothing from this page until you know why. Your key server&apos;s own page and console stay trustworthy.
      </p>
      <p className="font-mono text-sm">P_OUTCOME</p>
    </Notice>
  );
}
