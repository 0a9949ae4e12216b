"use client";
import { CodeBlock } from "@/components/code-block.tsx";
import { Panel } from "@/components/panel.tsx";
import { useAgents } from "@/features/agents/use-agents.ts";
import { encryptSnippet } from "./encrypt-snippet.ts";

/** What to paste to use this key, with the files that the key server handed to the client. */
export function KeySnippet({ keyId, active }: { keyId: string; active: boolean }) {
  const rest = useAgents().find((agent) => agent.rest)?.rest;
  if (!rest || !active) return null;
  return (
    <Panel title="Use it" hint="curl, in the folder with the client's certificate files">
      <div className="p-4">
        <CodeBlock label="commands" text={encryptSnippet(rest, keyId)} />
      </div>
    </Panel>
  );
}
