"use client";
import { Panel } from "@/components/panel.tsx";
import { ThemeToggle } from "@/features/shell/theme-toggle.tsx";

const SHORTCUTS: readonly (readonly [string, string])[] = [
  ["⌘K or Ctrl K", "search or jump"],
  ["g then k, a, l, s …", "go to keys, approvals, log, key servers …"],
  ["/", "search this page"],
  ["n", "new key"],
];

/** Colours, and the keys that save the mouse. */
export function Appearance() {
  return (
    <Panel title="Look and keys">
      <div className="grid gap-4 p-4 sm:grid-cols-2">
        <div className="flex items-center gap-3">
          <ThemeToggle /> <span className="text-muted">Colours: as your system, light, or dark</span>
        </div>
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
          {SHORTCUTS.map(([keys, what]) => (
            <div key={keys} className="contents">
              <dt>
                <kbd className="rounded-[5px] border px-1.5 font-mono text-xs text-muted">{keys}</kbd>
              </dt>
              <dd className="text-muted">{what}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Panel>
  );
}
