"use client";
import { useQuery } from "@tanstack/react-query";
import { ChevronsUpDown, Plus } from "lucide-react";
import Link from "next/link";
import { Menu, MenuItem, MenuLabel, MenuLine } from "@/components/menu.tsx";
import { useTRPC } from "@/features/connection/trpc.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";

/** Which organisation and environment this is, and the others. */
export function EnvironmentMenu({ compact }: { compact?: boolean }) {
  const trpc = useTRPC();
  const { tenantId, environmentId } = useScope();
  const place = usePlace();
  const tenants = useQuery(trpc.tenant.list.queryOptions());
  const environments = useQuery(trpc.environment.list.queryOptions({ tenantId }));
  const here = environments.data?.rows.find((row) => row.id === environmentId);
  const tenant = tenants.data?.rows.find((row) => row.id === tenantId);
  const trigger = (
    <button
      type="button"
      title="Change the environment"
      className={
        compact
          ? "flex min-w-0 max-w-full items-center gap-1 rounded-lg px-1.5 py-1 font-medium"
          : "flex h-9 w-full min-w-0 items-center gap-1.5 rounded-lg border bg-panel px-2.5 hover:bg-hover"
      }
    >
      {compact || !tenant ? null : (
        <>
          <span className="max-w-[50%] shrink-0 truncate font-semibold">{tenant.name}</span>
          <span className="text-muted">/</span>
        </>
      )}
      <span className="truncate">{here?.name ?? " "}</span>
      <ChevronsUpDown size={13} className="ml-auto shrink-0 text-muted" aria-hidden="true" />
    </button>
  );
  return (
    <Menu trigger={trigger} align="start">
      <MenuLabel>Environments</MenuLabel>
      {environments.data?.rows.map((row) => (
        <MenuItem key={row.id} asChild>
          <Link href={`/${tenantId}/${row.id}`}>
            <span className="truncate">{row.name}</span>
            {row.id === environmentId ? <span className="ml-auto text-sm text-muted">here</span> : null}
          </Link>
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem asChild>
        <Link href={`/${tenantId}/new-environment`}>
          <Plus size={14} aria-hidden="true" /> New environment
        </Link>
      </MenuItem>
      <MenuItem asChild>
        <Link href={place.at("settings")}>Settings</Link>
      </MenuItem>
    </Menu>
  );
}
