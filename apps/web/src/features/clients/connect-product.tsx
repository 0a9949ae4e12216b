"use client";
import { CodeBlock } from "@/components/code-block.tsx";
import { useAgents } from "@/features/agents/use-agents.ts";
import type { ClientKind } from "./client-kinds.ts";
import { formatCommand, KMIP_PORT, kmipPlace } from "./product-place.ts";

/** Where a product connects, and how the files that the key server handed out become what it wants. */
export function ConnectProduct({ kind }: { kind: ClientKind }) {
  const agents = useAgents();
  const keyServer = agents.find((agent) => agent.kmip) ?? agents.find((agent) => agent.rest);
  const place = kmipPlace(keyServer?.kmip) ?? `port ${KMIP_PORT} of your key server`;
  return (
    <ol className="list-decimal space-y-3 pl-5 marker:text-muted">
      <li>
        It connects to <code className="font-mono text-sm [overflow-wrap:anywhere]">{place}</code>
        <span className="block text-sm text-muted">
          as your key server names itself. From another machine use the name by which that one reaches it.
        </span>
      </li>
      {kind.format ? (
        <li className="min-w-0">
          In the folder with client.crt, client.key and ca.crt, make the files that {kind.product} wants:
          <div className="mt-1.5">
            <CodeBlock label="command" text={formatCommand(keyServer, kind.format)} />
          </div>
          <span className="mt-1.5 block text-sm text-muted">
            It renews the certificate for a new key on the way, and prints what to copy where.
          </span>
        </li>
      ) : (
        <li className="min-w-0">
          It takes client.crt, client.key and ca.crt as they are, or a store of them:
          <div className="mt-1.5">
            <CodeBlock label="command" text={formatCommand(keyServer, "pkcs12")} />
          </div>
          <span className="mt-1.5 block text-sm text-muted">
            <code className="font-mono">--format</code> is pem, pkcs12, jks or pykmip.
          </span>
        </li>
      )}
      {kind.value === "ceph" ? (
        <li>
          Its keys have to be there under their names: let another client, of “Other KMIP product” with the same group,
          make them.
        </li>
      ) : null}
    </ol>
  );
}
