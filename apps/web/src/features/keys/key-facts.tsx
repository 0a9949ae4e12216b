"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import { Facts, Panel } from "@/components/panel.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";
import type { KeyRecord } from "./key-row.ts";
import { algorithmOf, typeText, usageText } from "./key-words.ts";
import { originText } from "./origin-text.ts";

/** What the object is, where it came from and whose it is. */
export function KeyFacts({ record }: { record: KeyRecord }) {
  return (
    <Panel title="What it is">
      <Facts
        rows={[
          ["Type", typeText(record.type)],
          ["Algorithm", algorithmOf(record) ?? "none: it is kept, and nothing is computed with it"],
          record.bits === null ? null : ["Size", `${record.bits} bits`],
          ["Used to", usageText(record.usage)],
          ["Origin", originText(record)],
          ["Owner", <Owner key="owner" record={record} />],
          ["Custom attributes", <CustomAttributes key="attributes" />],
        ]}
      />
    </Panel>
  );
}

function Owner({ record: { ownerClient, ownerLabel } }: { record: KeyRecord }): ReactNode {
  const place = usePlace();
  if (ownerClient === null) return "your administrators";
  return (
    <>
      client{" "}
      <Link href={place.at(`clients/${ownerClient}`)} className="rounded font-medium hover:underline">
        {ownerLabel ?? ownerClient}
      </Link>
    </>
  );
}

function CustomAttributes(): ReactNode {
  return (
    <>
      Applications set and read them by KMIP. They stay in your key server, where{" "}
      <code className="font-mono text-sm">holdfast-agent key show</code> lists them.
    </>
  );
}
