"use client";
import Link from "next/link";
import { Button } from "@/components/button.tsx";
import { CodeBlock } from "@/components/code-block.tsx";
import { useAgents } from "@/features/agents/use-agents.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { encryptSnippet } from "@/features/keys/encrypt-snippet.ts";

/** The snippet that works as pasted, and where to go from here. */
export function FirstUse({ keyId }: { keyId: string }) {
  const place = usePlace();
  const rest = useAgents().find((agent) => agent.rest)?.rest;
  return (
    <>
      <p>
        Open a second terminal and go to the folder where your browser saved the three files (usually{" "}
        <code className="font-mono text-sm">~/Downloads</code>).
      </p>
      <p>Paste this in a terminal that is in that folder. It encrypts a sentence and opens it again.</p>
      {rest ? (
        <CodeBlock label="commands" text={encryptSnippet(rest, keyId)} />
      ) : (
        <p role="status" className="breathe text-muted">
          Waiting for your key server to say where it serves…
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button tone="primary" asChild>
          <Link href={place.at("secrets")}>Your secrets: what each is for</Link>
        </Button>
        <Button asChild>
          <Link href={place.at(`keys/${keyId}`)}>See the key</Link>
        </Button>
        <Button tone="quiet" asChild>
          <Link href={place.at()}>Overview</Link>
        </Button>
      </div>
    </>
  );
}
