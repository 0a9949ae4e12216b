"use client";
import { useEffect, useState } from "react";

/** What to do where the key server's address does not open: Safari, another machine, no passkeys. */
export function ConnectTrouble() {
  const [safari, setSafari] = useState(false);
  useEffect(() => {
    setSafari(/^((?!chrome|chromium|android|crios|fxios|edg).)*safari/i.test(navigator.userAgent));
  }, []);
  return (
    <details className="text-muted" open={safari}>
      <summary className="w-fit rounded">Its address does not open?</summary>
      <ul className="mt-2 list-disc space-y-1.5 pl-5">
        <li>
          <strong className="font-semibold text-ink">Safari</strong> does not know names under{" "}
          <code className="font-mono text-sm [overflow-wrap:anywhere]">.localhost</code>. Two lines in{" "}
          <code className="font-mono text-sm [overflow-wrap:anywhere]">/etc/hosts</code> teach it:{" "}
          <code className="font-mono text-sm [overflow-wrap:anywhere]">127.0.0.1 agent.localhost</code> and{" "}
          <code className="font-mono text-sm [overflow-wrap:anywhere]">::1 agent.localhost</code>, with the name that
          was printed.
        </li>
        <li>
          <strong className="font-semibold text-ink">On another machine</strong>, bring the port here with{" "}
          <code className="font-mono text-sm [overflow-wrap:anywhere]">ssh -L</code>: the same port on both sides, so
          that the printed address works as it is.
        </li>
        <li>
          <strong className="font-semibold text-ink">No passkey on this device?</strong> Your phone can make one: choose
          it in the browser&apos;s window and scan the code. To practise without one, a key server can be started with a
          local administrator; every page and report says so.
        </li>
      </ul>
    </details>
  );
}
