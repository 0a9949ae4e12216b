"use client";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { Menu, MenuItem } from "@/components/menu.tsx";
import { KEY_ACTIONS, type KeyAction } from "./act-consequences.ts";
import { KeyActionDialog } from "./key-action-dialog.tsx";
import type { KeyRecord } from "./key-row.ts";

const IN_SIGHT = ["key.rotate", "key.suspend", "key.resume"];

/** What can be done with a key in its state: the usual in sight, the rest in a menu. */
export function KeyActions({ record }: { record: KeyRecord }) {
  const [action, setAction] = useState<KeyAction | null>(null);
  const possible = KEY_ACTIONS.filter((each) => each.from.includes(record.state));
  const rest = possible.filter((each) => !IN_SIGHT.includes(each.act));
  return (
    <>
      {possible
        .filter((each) => IN_SIGHT.includes(each.act))
        .map((each) => (
          <Button key={each.act} onClick={() => setAction(each)}>
            {each.button}
          </Button>
        ))}
      {rest.length ? (
        <Menu
          trigger={
            <Button>
              More <ChevronDown size={13} aria-hidden="true" />
            </Button>
          }
        >
          {rest.map((each) => (
            <MenuItem key={each.act} danger={each.danger} onSelect={() => setAction(each)}>
              {each.button}
            </MenuItem>
          ))}
        </Menu>
      ) : null}
      {action ? <KeyActionDialog action={action} record={record} onClose={() => setAction(null)} /> : null}
    </>
  );
}
