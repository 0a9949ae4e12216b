"use client";
import Link from "next/link";
import { Notice } from "@/components/notice.tsx";
import { showCount } from "@/components/number-text.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { useBackups } from "./use-backups.ts";

/** What a fault that a key server names means; one this page does not know as it is written. */
const FAULTS: Readonly<Record<string, string>> = {
  missing: "the folder or bucket is not there",
  inside: "it lies inside the key server's data folder, and is lost with it",
  space: "it is full",
  unreachable: "it cannot be reached",
  timeout: "it did not answer in time",
  "host-key": "another server answered than the one that was approved",
  refused: "it refuses the key server's credentials",
  "no-sftp": "the key server's host has no sftp program",
  gone: "the newest backup is not there any more",
  changed: "the newest backup there has another length than it had",
  answer: "it gave back something else",
};

/** Says that backups fail, or that keys are in none and none are made; nothing where all is well. */
export function BackupNotice() {
  const place = usePlace();
  const backups = useBackups();
  if (backups.failing.length > 0) return <FailingBackups />;
  if (!backups.unbacked || backups.places > 0) return null;
  return (
    <Notice tone="warning" title={`${showCount(backups.unbacked, "key")} in no backup`}>
      <p>
        If the key server&apos;s disk is lost, so {backups.unbacked === 1 ? "is this key" : "are these keys"}.{" "}
        <Link href={place.at("backups")} className="rounded underline">
          Say where backups go
        </Link>
        , and the key server makes them by itself.
      </p>
    </Notice>
  );
}

/** Says which destinations fail; nothing while none does. */
export function FailingBackups() {
  const backups = useBackups();
  if (backups.failing.length === 0) return null;
  return (
    <Notice tone="danger" title="Backups fail" live>
      <ul className="space-y-1">
        {backups.failing.map(({ agent, what }) => (
          <li key={agent}>
            {agent}, to {faultText(what)}.
          </li>
        ))}
      </ul>
      <p>
        {backups.unbacked
          ? `${showCount(backups.unbacked, "key")} in no backup. `
          : "Every key is in a backup somewhere. "}
        It is tried again by itself; on the key server&apos;s machine{" "}
        <code className="font-mono text-sm">holdfast-agent backup create</code> tries it now.
      </p>
    </Notice>
  );
}

function faultText(what: string): string {
  return what.replace(/\(([a-z-]+)\)/g, (_, word: string) => `(${FAULTS[word] ?? word})`);
}
