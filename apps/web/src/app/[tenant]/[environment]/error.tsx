"use client";
import { Button } from "@/components/button.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { isStalePage, problemOf } from "@/features/connection/problem-of.ts";

/** A page of an environment that broke; the frame around it stays. */
export default function EnvironmentErrorPage({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <>
      <PageHeader title="This page broke" />
      <ProblemNotice problem={problemOf(error)} />
      <Button onClick={() => (isStalePage(error) ? location.reload() : reset())}>Try again</Button>
    </>
  );
}
