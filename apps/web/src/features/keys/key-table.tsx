"use client";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { classNames } from "@/components/class-names.ts";
import { Age } from "@/components/moment.tsx";
import { Cell, HeadCell } from "@/components/table.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";
import type { KeyRow } from "./key-row.ts";
import { algorithmOf, typeBesides } from "./key-words.ts";
import { isKnown } from "./origin-text.ts";
import { StateBadge } from "./state-badge.tsx";
import type { Column } from "./use-key-view.ts";

const ROW_PX = 43;
const HEADS: Record<Column, string> = {
  state: "State",
  algorithm: "Kind",
  group: "Group",
  version: "Version",
  created: "Created",
  used: "Last used",
};

/** What a phone leaves to the key's own page. */
const WIDE_ONLY = "max-sm:hidden";

/** A real table that draws only the rows in sight and asks for more near its end. */
export function KeyTable({
  rows,
  columns,
  more,
}: {
  rows: readonly KeyRow[];
  columns: readonly Column[];
  more: (() => void) | null;
}) {
  const box = useRef<HTMLElement>(null);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: box.current?.offsetTop ?? 0,
  });
  const shown = virtual.getVirtualItems();
  const first = shown[0];
  const last = shown.at(-1);
  useEffect(() => {
    if (more && last && last.index >= rows.length - 20) more();
  }, [more, last, rows.length]);
  const above = first ? first.start - virtual.options.scrollMargin : 0;
  const below = last ? virtual.getTotalSize() - (last.end - virtual.options.scrollMargin) : 0;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section ref={box} tabIndex={0} aria-label="Key table" className="scroll-thin overflow-x-auto">
      <table className="w-full border-collapse text-left" aria-rowcount={rows.length + 1}>
        <thead className="text-sm text-muted">
          <tr className="border-b">
            <HeadCell>Name</HeadCell>
            {columns.map((column) => (
              <HeadCell
                key={column}
                className={classNames(
                  (column === "used" || column === "created") && "text-right",
                  column !== "state" && column !== "used" && WIDE_ONLY,
                )}
              >
                {HEADS[column]}
              </HeadCell>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {above > 0 ? <Gap height={above} columns={columns.length + 1} /> : null}
          {shown.map((item) => {
            const row = rows[item.index];
            return row ? <Row key={row.id} row={row} columns={columns} index={item.index} /> : null;
          })}
          {below > 0 ? <Gap height={below} columns={columns.length + 1} /> : null}
        </tbody>
      </table>
    </section>
  );
}

/** Stands for the rows that are not drawn. */
function Gap({ height, columns }: { height: number; columns: number }) {
  return (
    <tr>
      <td colSpan={columns} style={{ height, padding: 0 }} />
    </tr>
  );
}

function Row({ row, columns, index }: { row: KeyRow; columns: readonly Column[]; index: number }) {
  const place = usePlace();
  const router = useRouter();
  const href = place.at(`keys/${row.id}`);
  return (
    <tr aria-rowindex={index + 2} className="h-[43px] cursor-pointer hover:bg-hover" onClick={() => router.push(href)}>
      <Cell className="max-w-36 sm:max-w-72">
        <Link href={href} className="block truncate font-medium" onClick={(event) => event.stopPropagation()}>
          {row.label}
        </Link>
      </Cell>
      {columns.map((column) => (
        <KeyCell key={column} column={column} row={row} />
      ))}
    </tr>
  );
}

/** Its algorithm and what else tells its kind; that somebody held it before is said where it is so. */
function KindOfKey({ row }: { row: KeyRow }) {
  const parts = [
    typeBesides(row),
    isKnown(row) ? "known to a former holder" : row.registered ? "registered" : null,
  ].filter((part) => part !== null);
  const algorithm = algorithmOf(row);
  return (
    <>
      {algorithm ? <span className="font-mono text-sm">{algorithm}</span> : null}
      <span className="text-sm text-muted">
        {algorithm && parts.length ? " · " : null}
        {parts.join(" · ")}
      </span>
    </>
  );
}

function KeyCell({ column, row }: { column: Column; row: KeyRow }) {
  switch (column) {
    case "state":
      return (
        <Cell>
          <StateBadge state={row.state} />
        </Cell>
      );
    case "algorithm":
      return (
        <Cell className={`whitespace-nowrap ${WIDE_ONLY}`}>
          <KindOfKey row={row} />
        </Cell>
      );
    case "group":
      return <Cell className={`max-w-40 truncate text-muted ${WIDE_ONLY}`}>{row.group}</Cell>;
    case "version":
      return <Cell className={`text-muted tabular ${WIDE_ONLY}`}>v{row.current}</Cell>;
    case "created":
      return (
        <Cell className={`whitespace-nowrap text-right text-muted ${WIDE_ONLY}`}>
          <Age at={row.created} />
        </Cell>
      );
    case "used":
      return (
        <Cell className="whitespace-nowrap text-right text-muted">
          {row.lastUsedAt === null ? "never" : <Age at={row.lastUsedAt} />}
        </Cell>
      );
  }
}
