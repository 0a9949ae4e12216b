"use client";
import { Columns3 } from "lucide-react";
import { Button } from "@/components/button.tsx";
import { Menu, MenuCheck, MenuLabel } from "@/components/menu.tsx";
import { COLUMNS, type useKeyView } from "./use-key-view.ts";

const COLUMN_NAMES = {
  state: "State",
  algorithm: "Kind",
  group: "Group",
  version: "Version",
  created: "Created",
  used: "Last used",
};

/** Which columns the list of keys has. */
export function ColumnMenu({
  view,
  change,
}: {
  view: ReturnType<typeof useKeyView>[0];
  change: ReturnType<typeof useKeyView>[1];
}) {
  return (
    <Menu
      trigger={
        <Button size="icon" aria-label="Columns">
          <Columns3 size={15} />
        </Button>
      }
    >
      <MenuLabel>Columns</MenuLabel>
      {COLUMNS.map((column) => (
        <MenuCheck
          key={column}
          checked={view.columns.includes(column)}
          onChange={(on) =>
            change({
              columns:
                COLUMNS.filter((each) => (each === column ? on : view.columns.includes(each))).join(",") || "none",
            })
          }
        >
          {COLUMN_NAMES[column]}
        </MenuCheck>
      ))}
    </Menu>
  );
}
