"use client";
import { Panel } from "@/components/panel.tsx";
import type { Escrow } from "./use-escrow.ts";

/** What to do on the day: the steps, none of which passes this dashboard. */
export function LostKeyServer({ escrow: { plan, backups } }: { escrow: Escrow }) {
  const [newest] = backups;
  const where = newest?.to?.length ? `, from ${newest.to.join(" or ")}` : "";
  return (
    <Panel title="When a key server is lost" hint="nothing of it passes this dashboard">
      <details className="px-4 py-3">
        <summary className="w-fit rounded font-medium">The steps, to read before that day</summary>
        <ol className="mt-2 max-w-3xl list-decimal space-y-2 pl-5">
          <li>
            A new machine with the same version, and the newest backup file on it{where}. Let the old name of the key
            server&apos;s page point to it: passkeys belong to that name.
          </li>
          {plan === null ? (
            <li>
              There <code className="font-mono text-sm">holdfast-agent backup restore</code> opens it with the recovery
              file and its passphrase.
            </li>
          ) : (
            <>
              <li>
                There <code className="font-mono text-sm">holdfast-agent escrow release</code> with that file. It shows
                the eight matching words and two addresses, and waits.
              </li>
              <li>Administrators approve at the first address, as always.</li>
              <li>
                {plan.custodians.map(({ label }) => label).join(", ")}: any {plan.k} of them give their shares at the
                second address, one after the other, once the words are those on their own sheets.
              </li>
            </>
          )}
          <li>It serves again, and changes nothing until administrators accept what is missing.</li>
        </ol>
      </details>
    </Panel>
  );
}
