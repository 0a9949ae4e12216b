"use client";
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useReturnFocus } from "@/components/use-return-focus.ts";
import { NavList } from "./nav-list.tsx";
import { SignedInAs } from "./signed-in-as.tsx";

/** The pages on a phone: a sheet from the right. */
export function MobileNav({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const returnFocus = useReturnFocus();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/35 lg:hidden" />
        <Radix.Content
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
          className="appear fixed inset-y-0 right-0 z-50 flex w-[min(19rem,86vw)] flex-col border-l bg-ground px-3 py-3 lg:hidden"
        >
          <div className="mb-2 flex items-center justify-between pl-2.5">
            <Radix.Title className="font-semibold">Pages</Radix.Title>
            <Radix.Close
              aria-label="Close"
              className="grid size-9 place-items-center rounded-lg text-muted hover:bg-hover"
            >
              <X size={18} />
            </Radix.Close>
          </div>
          <div className="scroll-thin min-h-0 flex-1 overflow-y-auto">
            <NavList onNavigate={() => onOpenChange(false)} />
          </div>
          <SignedInAs />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
