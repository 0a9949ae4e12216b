"use client";
import { CodeBlock } from "@/components/code-block.tsx";
import { Panel } from "@/components/panel.tsx";

/** How anybody checks a report, offline and without an account. */
export function HowToVerify() {
  return (
    <Panel title="Check a report" hint="offline, on any machine, without an account">
      <div className="grid gap-4 p-4 md:grid-cols-2">
        <div className="min-w-0 space-y-2">
          <CodeBlock label="command" text="npx holdfast-verify custody-report.pdf --words 'eight words …'" />
          <p className="text-muted">
            Give it the eight words from your key server&apos;s console, not from this page: then it says whose report
            it is. Without them it says only that everything fits together.
          </p>
        </div>
        <ul className="list-disc space-y-1 pl-5 text-muted">
          <li>The evidence inside the PDF is signed by your key server, byte by byte.</li>
          <li>The log is hashed again from its entries and compared with the signed head and its witnesses.</li>
          <li>Every state of every key is followed from the first to the last, under the rules of its time.</li>
          <li>The pages are written again from the evidence and compared with the PDF&apos;s own.</li>
        </ul>
      </div>
    </Panel>
  );
}
