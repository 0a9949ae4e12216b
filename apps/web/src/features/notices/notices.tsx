"use client";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { Notice } from "@/components/notice.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { AddReceiver } from "./add-receiver.tsx";
import { Deliveries } from "./deliveries.tsx";
import { Receivers } from "./receivers.tsx";
import { useReceivers } from "./use-notices.ts";

/** Where notices of this environment go, and what became of the last ones. */
export function Notices() {
  const receivers = useReceivers();
  const [adding, setAdding] = useState(false);
  const { data } = receivers;
  const isOffered = data?.offered.webhook === true;
  return (
    <>
      <PageHeader
        title="Notices"
        detail="What wants your hand, or went wrong, told to a webhook or by mail."
        actions={
          <Button tone="primary" disabled={!isOffered} onClick={() => setAdding(true)}>
            <Plus size={14} aria-hidden="true" /> Add a receiver
          </Button>
        }
      />
      {receivers.error ? <ProblemNotice problem={problemOf(receivers.error)} /> : null}
      {data && !isOffered ? (
        <Notice tone="warning" title="Notices are not set up here">
          <p>Whoever runs this dashboard has to name a key file for them first (docs/operate/notices.md).</p>
        </Notice>
      ) : null}
      <Receivers onAdd={() => setAdding(true)} />
      <Deliveries />
      <Notice title="Your key server can tell you by itself">
        <p>
          These come from whoever runs this dashboard, who could hold them back. Have your key server send its own as
          well, on its machine:{" "}
          <code className="font-mono text-sm [overflow-wrap:anywhere]">
            holdfast-agent notices set <span className="whitespace-nowrap">--webhook URL</span>
          </code>
        </p>
      </Notice>
      {adding && data ? (
        <AddReceiver kinds={data.kinds} offered={data.offered} onClose={() => setAdding(false)} />
      ) : null}
    </>
  );
}
