"use client";
import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { KEY_STATES } from "./key-state.ts";
import type { useKeyView } from "./use-key-view.ts";

const ColumnMenu = dynamic(() => import("./column-menu.tsx").then((module) => module.ColumnMenu), {
  ssr: false,
  loading: () => <span className="size-[34px] rounded-lg border bg-panel" />,
});

const SELECT = "h-[34px] min-w-0 max-w-44 truncate rounded-lg border bg-panel pl-2.5 pr-7 hover:bg-hover";

/** Search, filters, order and columns; each change goes to the address. */
export function KeyFilters({
  view,
  change,
  groups,
}: {
  view: ReturnType<typeof useKeyView>[0];
  change: ReturnType<typeof useKeyView>[1];
  groups: readonly string[];
}) {
  const [text, setText] = useState(view.search);
  useEffect(() => {
    if (text === view.search) return;
    const timer = setTimeout(() => change({ q: text.trim() }), 220);
    return () => clearTimeout(timer);
  }, [text, view.search, change]);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <label className="relative min-w-0 flex-1 basis-56">
        <span className="sr-only">Search keys by name, alias or id</span>
        <Search size={14} className="absolute left-3 top-2.5 text-muted" aria-hidden="true" />
        <input
          data-page-search
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="Name, alias or id"
          className="h-[34px] w-full rounded-lg border bg-panel pl-8.5 pr-3 placeholder:text-muted"
        />
      </label>
      <select
        aria-label="State"
        className={SELECT}
        value={view.state ?? ""}
        onChange={(event) => change({ state: event.target.value })}
      >
        <option value="">Any state</option>
        {Object.entries(KEY_STATES).map(([state, { word }]) => (
          <option key={state} value={state}>
            {word}
          </option>
        ))}
      </select>
      <select
        aria-label="Group"
        className={SELECT}
        value={view.group ?? ""}
        onChange={(event) => change({ group: event.target.value })}
      >
        <option value="">Any group</option>
        {groups.map((group) => (
          <option key={group}>{group}</option>
        ))}
      </select>
      <select
        aria-label="Order"
        className={SELECT}
        value={view.sort}
        onChange={(event) => change({ sort: event.target.value })}
      >
        <option value="label">By name</option>
        <option value="created">Newest first</option>
        <option value="lastUsed">Last used first</option>
      </select>
      <ColumnMenu view={view} change={change} />
    </div>
  );
}
