"use client";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { ComingDueList } from "./coming-due-list.tsx";

/** Everything that ends, soonest first, with the page where something can be done. */
export function ComingDue() {
  return (
    <>
      <PageHeader
        title="Coming due"
        detail="What ends or comes about by itself: keys' dates, periods and usage limits, certificates, waiting destructions, the administrators' list."
      />
      <Panel label="Coming due">
        <ComingDueList />
      </Panel>
    </>
  );
}
