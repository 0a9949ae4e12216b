"use client";
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { FilePlus2, KeyRound, Lock, Plug, Plus, Server } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useDeferredValue, useState } from "react";
import { useReturnFocus } from "@/components/use-return-focus.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import { DAILY, SET_UP } from "./navigation.ts";

const DO = [
  { path: "keys/new", name: "Create a key", icon: Plus },
  { path: "clients/new", name: "Add a client", icon: Plug },
  { path: "servers/new", name: "Add a key server", icon: Server },
  { path: "reports", name: "Make a custody report", icon: FilePlus2 },
  { path: "lock", name: "Lock or unlock the environment", icon: Lock },
];

/** Jumps to a page, a key, or the start of a task. */
export function PaletteDialog({ onClose }: { onClose: () => void }) {
  const returnFocus = useReturnFocus();
  const [text, setText] = useState("");
  const search = useDeferredValue(text.trim());
  const router = useRouter();
  const place = usePlace();
  const trpc = useTRPC();
  const scope = useScope();
  const keys = useQuery(trpc.key.list.queryOptions({ ...scope, search, limit: 8 }, { enabled: search.length > 0 }));
  const go = (path: string) => {
    onClose();
    router.push(place.at(path));
  };
  return (
    <Radix.Root open onOpenChange={(open) => (open ? null : onClose())}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/35" />
        <Radix.Content
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
          className="appear fixed inset-x-3 top-[12vh] z-50 mx-auto max-w-xl overflow-hidden rounded-xl border bg-panel"
        >
          <Radix.Title className="sr-only">Search or jump</Radix.Title>
          <Command label="Search or jump" loop>
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder="A page, a key, something to do…"
              className="h-12 w-full border-b bg-transparent px-4 text-lg outline-none placeholder:text-muted"
            />
            <Command.List className="scroll-thin max-h-[50vh] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-8 text-center text-muted">Nothing by that name.</Command.Empty>
              {keys.data?.rows.length ? (
                <Group name="Keys">
                  {keys.data.rows.map((key) => (
                    <Item
                      key={key.id}
                      value={`${key.label} ${key.id}`}
                      onSelect={() => go(`keys/${key.id}`)}
                      icon={<KeyRound size={15} />}
                    >
                      <span className="truncate">{key.label}</span>
                      <span className="ml-auto shrink-0 font-mono text-sm text-muted">{key.id.slice(0, 9)}…</span>
                    </Item>
                  ))}
                </Group>
              ) : null}
              <Group name="Go to">
                {[...DAILY, ...SET_UP].map((item) => (
                  <Item
                    key={item.path}
                    value={item.name}
                    onSelect={() => go(item.path)}
                    icon={<item.icon size={15} strokeWidth={1.75} />}
                  >
                    {item.name} <kbd className="ml-auto font-mono text-xs text-muted">g {item.letter}</kbd>
                  </Item>
                ))}
              </Group>
              <Group name="Do">
                {DO.map((item) => (
                  <Item
                    key={item.name}
                    value={item.name}
                    onSelect={() => go(item.path)}
                    icon={<item.icon size={15} strokeWidth={1.75} />}
                  >
                    {item.name}
                  </Item>
                ))}
              </Group>
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Group({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={name}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted"
    >
      {children}
    </Command.Group>
  );
}

function Item({
  value,
  icon,
  onSelect,
  children,
}: {
  value: string;
  icon: ReactNode;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 data-[selected=true]:bg-accent-ground data-[selected=true]:text-accent"
    >
      <span className="text-muted">{icon}</span>
      {children}
    </Command.Item>
  );
}
