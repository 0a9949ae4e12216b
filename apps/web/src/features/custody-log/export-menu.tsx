"use client";
import { Download } from "lucide-react";
import { Button } from "@/components/button.tsx";
import { Menu, MenuItem } from "@/components/menu.tsx";
import { useTRPCClient } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { exportLog } from "./export-log.ts";

/** The whole log as a file. */
export function ExportMenu() {
  const client = useTRPCClient();
  const scope = useScope();
  return (
    <Menu
      trigger={
        <Button>
          <Download size={14} aria-hidden="true" /> Export
        </Button>
      }
    >
      <MenuItem onSelect={() => void exportLog(client, scope, "json")}>JSON, with everything to verify it</MenuItem>
      <MenuItem onSelect={() => void exportLog(client, scope, "csv")}>CSV, for a spreadsheet</MenuItem>
    </Menu>
  );
}
