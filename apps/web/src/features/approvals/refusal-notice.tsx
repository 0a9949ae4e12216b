"use client";
import { type Command, findErrorText } from "@holdfast/protocol";
import Link from "next/link";
import { Notice } from "@/components/notice.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";

/** Why the key server did not carry a request out, and what to do now. */
export function RefusalNotice({ code, command, stopped }: { code: string; command: Command; stopped: boolean }) {
  const place = usePlace();
  const text = findErrorText(code);
  const target = command.target;
  const subject = target?.kind === "key" ? target.keyId : target?.client;
  const page = target?.kind === "key" ? `keys/${target.keyId}` : target ? `clients/${target.client}` : "keys";
  if (code === "E_PRESTATE" && target) {
    return (
      <Notice tone="warning" title={`${target.label} changed since this was proposed.`}>
        <p>
          See{" "}
          <Link className="rounded underline" href={place.at(`log?subject=${subject ?? ""}`)}>
            what changed
          </Link>
          , then{" "}
          <Link className="rounded underline" href={place.at(page)}>
            propose it again
          </Link>
          . Nothing was done by this request.
        </p>
        <p className="font-mono text-sm">{code}</p>
      </Notice>
    );
  }
  if (code === "E_CANCELLED") {
    return (
      <Notice title={stopped ? "An administrator stopped it before it ran." : "An administrator rejected it."}>
        <p>
          Nothing was done by this request. Talk to that administrator, or{" "}
          <Link className="rounded underline" href={place.at(page)}>
            propose it again
          </Link>
          .
        </p>
      </Notice>
    );
  }
  return (
    <Notice tone="warning" title={text?.what ?? "The key server did not carry it out."}>
      {text?.next ? <p>{text.next}</p> : null}
      <p className="font-mono text-sm">{code}</p>
    </Notice>
  );
}
