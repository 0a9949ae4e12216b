import { CodeBlock } from "@/components/code-block.tsx";
import { Notice } from "@/components/notice.tsx";

/** A webhook's secret, shown once. */
export function WebhookSecret({ secret }: { secret: string }) {
  return (
    <div className="space-y-3">
      <Notice tone="warning" title="Copy the secret now. It is not shown again.">
        <p>The receiver verifies every message with it, by any library of Standard Webhooks.</p>
      </Notice>
      <CodeBlock label="webhook secret" text={secret} />
    </div>
  );
}
