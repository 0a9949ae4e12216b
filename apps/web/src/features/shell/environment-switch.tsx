"use client";
import dynamic from "next/dynamic";

const EnvironmentMenu = dynamic(() => import("./environment-menu.tsx").then((module) => module.EnvironmentMenu), {
  ssr: false,
});

/** Which environment this is; its menu's code comes after the page's own. */
export function EnvironmentSwitch({ compact }: { compact?: boolean }) {
  return (
    <div
      className={
        compact ? "flex min-w-0" : "h-9 rounded-lg border bg-panel [&>button]:-m-px [&>button]:w-[calc(100%+2px)]"
      }
    >
      <EnvironmentMenu compact={compact} />
    </div>
  );
}
