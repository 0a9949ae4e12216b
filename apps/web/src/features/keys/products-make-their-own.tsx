"use client";
import Link from "next/link";
import { Button } from "@/components/button.tsx";
import { Panel } from "@/components/panel.tsx";
import { CLIENT_KINDS } from "@/features/clients/client-kinds.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";

/** In place of a form: products that speak KMIP make their own keys, and need to be a client for that. */
export function ProductsMakeTheirOwn() {
  const place = usePlace();
  return (
    <Panel title="The product makes its own keys" className="pb-4">
      <div className="space-y-3 px-4 pt-4">
        <p className="max-w-prose">
          A database, vSphere or a storage system that speaks KMIP asks your key server for a key when it needs one. You
          make none for it: you add it as a client, and its keys appear in the list with it as their owner.
        </p>
        <ul className="flex flex-wrap gap-2">
          {CLIENT_KINDS.filter(({ kmip }) => kmip).map(({ value, product }) => (
            <li key={value}>
              <Button asChild>
                <Link href={place.at(`clients/new?for=${value}`)}>Add {product}</Link>
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}
