"use client";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { Menu, MenuItem } from "@/components/menu.tsx";
import { actionsOn, type KeyAction } from "./act-consequences.ts";
import { GroupDialog } from "./group-dialog.tsx";
import { KeyActionDialog } from "./key-action-dialog.tsx";
import type { KeyRecord } from "./key-row.ts";
import { RenameDialog } from "./rename-dialog.tsx";

const IN_SIGHT = ["key.activate", "key.rotate", "key.suspend", "key.resume"];

/** What can be done with a key in its state: the usual in sight, the rest in a menu. */
export function KeyActions({ record }: { record: KeyRecord }) {
  const [action, setAction] = useState<KeyAction | "rename" | "group" | null>(null);
  const { actions, describes } = actionsOn(record);
  const rest = actions.filter((each) => !IN_SIGHT.includes(each.act));
  const close = () => setAction(null);
  return (
    <>
      {actions
        .filter((each) => IN_SIGHT.includes(each.act))
        .map((each) => (
          <Button key={each.act} onClick={() => setAction(each)}>
            {each.button}
          </Button>
        ))}
      {rest.length || describes ? (
        <Menu
          trigger={
            <Button>
              More <ChevronDown size={13} aria-hidden="true" />
            </Button>
          }
        >
          {describes ? (
            <>
              <MenuItem onSelect={() => setAction("rename")}>Rename…</MenuItem>
              <MenuItem onSelect={() => setAction("group")}>Move to another group…</MenuItem>
            </>
          ) : null}
          {rest.map((each) => (
            <MenuItem key={each.act} danger={each.danger} onSelect={() => setAction(each)}>
              {each.button}
            </MenuItem>
          ))}
        </Menu>
      ) : null}
      {action === "rename" ? <RenameDialog record={record} onClose={close} /> : null}
      {action === "group" ? <GroupDialog record={record} onClose={close} /> : null}
      {action && typeof action === "object" ? (
        <KeyActionDialog action={action} record={record} onClose={close} />
      ) : null}
    </>
  );
}
