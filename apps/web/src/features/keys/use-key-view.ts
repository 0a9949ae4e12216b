"use client";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { isKeyState, type KeyState } from "./key-state.ts";

export const COLUMNS = ["state", "algorithm", "group", "version", "created", "used"] as const;
export type Column = (typeof COLUMNS)[number];
export const SORTS = ["label", "created", "lastUsed"] as const;
export type Sort = (typeof SORTS)[number];

/** A view of the key list. It lives in the address, so a view is saved by keeping its link. */
export interface KeyView {
  readonly search: string;
  readonly state: KeyState | undefined;
  readonly group: string | undefined;
  readonly algorithm: string | undefined;
  readonly sort: Sort;
  readonly columns: readonly Column[];
}

export function useKeyView(): [
  KeyView,
  (change: Partial<Record<"q" | "state" | "group" | "algorithm" | "sort" | "columns", string>>) => void,
] {
  const router = useRouter();
  const pathname = usePathname();
  const parameters = useSearchParams();
  const view = useMemo(() => readView(parameters), [parameters]);
  const change = useCallback(
    (next: Partial<Record<string, string>>) => {
      const changed = new URLSearchParams(parameters);
      for (const [name, value] of Object.entries(next)) {
        if (value) changed.set(name, value);
        else changed.delete(name);
      }
      const query = changed.toString();
      router.replace(query ? `${pathname}?${query}` : pathname, { scroll: false });
    },
    [parameters, pathname, router],
  );
  return [view, change];
}

function readView(parameters: URLSearchParams): KeyView {
  const state = parameters.get("state") ?? "";
  const columns = parameters.get("columns")?.split(",");
  return {
    search: parameters.get("q") ?? "",
    state: isKeyState(state) ? state : undefined,
    group: parameters.get("group") ?? undefined,
    algorithm: parameters.get("algorithm") ?? undefined,
    sort: SORTS.find((sort) => sort === parameters.get("sort")) ?? "label",
    columns: columns ? COLUMNS.filter((column) => columns.includes(column)) : COLUMNS,
  };
}
