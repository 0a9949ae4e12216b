"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "@/components/button.tsx";
import { Notice } from "@/components/notice.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { codeOf } from "@/features/connection/problem-of.ts";
import { useEnvironment } from "@/features/environment/use-environment.ts";

/** A page of an environment; in its place one notice when there is no such environment for this person. */
export function OfEnvironment({ children }: { children: ReactNode }) {
  const environment = useEnvironment();
  if (codeOf(environment.error) !== "NOT_FOUND") return children;
  return (
    <>
      <PageHeader title="No such environment" />
      <Notice tone="danger" title="There is no environment at this address that you may see." live>
        <p>It does not exist, or it belongs to somebody else. This says nothing about your own keys.</p>
        <p>Check the address, or ask whoever sent it to make you a member.</p>
        <p className="font-mono text-sm">NOT_FOUND</p>
      </Notice>
      <Button asChild>
        <Link href="/">Go to your own environments</Link>
      </Button>
    </>
  );
}
