"use client";
import { useEffect, useState } from "react";
import { Notice } from "@/components/notice.tsx";
import { hasKept } from "@/features/approvals/brought-decision.ts";

/** Says that what was decided at the hosted page is not lost: it goes on as soon as the person is back. */
export function KeptDecision({ page }: { page: string }) {
  const [kept, setKept] = useState(false);
  useEffect(() => setKept(hasKept(page)), [page]);
  if (!kept) return null;
  return (
    <Notice title="Your decision is kept.">
      <p>Your session had ended. Sign in in this tab, and what you signed goes on to your key server.</p>
    </Notice>
  );
}
