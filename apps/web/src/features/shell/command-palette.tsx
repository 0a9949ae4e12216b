"use client";
import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";

const PaletteDialog = dynamic(() => import("./palette-dialog.tsx").then((module) => module.PaletteDialog), {
  ssr: false,
});

/** The button and the keys (⌘K, Ctrl K) that open the palette; its code comes with its first use. */
export function CommandPalette({ compact }: { compact?: boolean }) {
  const [open, setOpen] = useState(false);
  const [shortcut, setShortcut] = useState("Ctrl K");
  useEffect(() => {
    if (/mac|iphone|ipad/i.test(navigator.userAgent)) setShortcut("⌘K");
  }, []);
  useEffect(() => {
    if (compact) return;
    function onKey(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setOpen((now) => !now);
    }
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [compact]);
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-label={compact ? "Search or jump" : undefined}
        className={
          compact
            ? "grid size-9 shrink-0 place-items-center rounded-lg text-muted hover:bg-hover hover:text-ink"
            : "flex h-[34px] items-center gap-2 rounded-lg border bg-panel pl-3 pr-2 font-medium hover:bg-hover"
        }
      >
        <Search size={compact ? 18 : 14} aria-hidden="true" />
        {compact ? null : (
          <>
            Search or jump
            <span aria-hidden="true" className="ml-1 rounded-[5px] border px-1.5 font-mono text-xs text-muted">
              {shortcut}
            </span>
          </>
        )}
      </button>
      {open ? <PaletteDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}
