"use client";
import { Button } from "@/components/button.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { isStalePage, problemOf } from "@/features/connection/problem-of.ts";
import { PublicFrame } from "@/features/sign-in/public-frame.tsx";

/** A page that broke, outside an environment. */
export default function ErrorPage({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <PublicFrame title="This page broke">
      <div className="space-y-4">
        <ProblemNotice problem={problemOf(error)} />
        <Button onClick={() => (isStalePage(error) ? location.reload() : reset())}>Try again</Button>
      </div>
    </PublicFrame>
  );
}
