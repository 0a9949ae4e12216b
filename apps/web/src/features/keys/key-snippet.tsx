"use client";
import { CodeBlock } from "@/components/code-block.tsx";
import { Panel } from "@/components/panel.tsx";
import { useAgents } from "@/features/agents/use-agents.ts";
import { encryptSnippet } from "./encrypt-snippet.ts";
import type { KeyRecord } from "./key-row.ts";
import { makeSnippet } from "./make-snippet.ts";

/** What to paste to use this key, with the files that the key server handed to the client. */
export function KeySnippet({ record }: { record: KeyRecord }) {
  const rest = useAgents().find((agent) => agent.rest)?.rest;
  if (!rest || record.state !== "active") return null;
  const text = snippetFor(rest, record);
  if (text === null) return null;
  return (
    <Panel title="Use it" hint="curl, in the folder with the client's certificate files">
      <div className="p-4">
        <CodeBlock label="commands" text={text} />
      </div>
    </Panel>
  );
}

/** What the key does over REST; null where that takes more than one call, or where only KMIP does it. */
function snippetFor(rest: string, { id, type, usage }: KeyRecord): string | null {
  if (type === "symmetric-key" && usage.includes("encrypt")) return encryptSnippet(rest, id);
  if (usage.includes("sign")) return makeSnippet(rest, id, "sign");
  return usage.includes("mac") ? makeSnippet(rest, id, "mac") : null;
}
