"use client";
import { Menu as MenuIcon, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/button.tsx";
import { Mark } from "@/components/mark.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { LockedNotice } from "@/features/lock/locked-notice.tsx";
import { CommandPalette } from "./command-palette.tsx";
import { Crumbs } from "./crumbs.tsx";
import { EnvironmentSwitch } from "./environment-switch.tsx";
import { KeyboardJumps } from "./keyboard-jumps.tsx";
import { LiveUpdates } from "./live-updates.tsx";
import { NavList } from "./nav-list.tsx";
import { OfEnvironment } from "./of-environment.tsx";
import { Rulers } from "./rulers.tsx";
import { SignedInAs } from "./signed-in-as.tsx";
import { TrustBanner } from "./trust-banner.tsx";

const RecordAlarm = dynamic(() => import("./record-alarm.tsx").then((module) => module.RecordAlarm), { ssr: false });

const MobileNav = dynamic(() => import("./mobile-nav.tsx").then((module) => module.MobileNav), { ssr: false });

/** The frame of every page: navigation, search, who is signed in, and what needs saying everywhere. */
export function Shell({ children }: { children: ReactNode }) {
  const [navOpen, setNavOpen] = useState(false);
  const place = usePlace();
  return (
    <div className="min-h-dvh lg:pl-[230px]">
      <a
        href="#content"
        className="sr-only z-50 rounded-lg bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:left-3 focus:top-3"
      >
        Skip to the page
      </a>
      <KeyboardJumps />
      <LiveUpdates />
      <aside className="fixed inset-y-0 left-0 hidden w-[230px] flex-col border-r bg-ground px-3 pb-4 pt-4 lg:flex">
        <Link
          href={place.at()}
          className="flex h-8 items-center gap-2.5 rounded-lg px-2 text-[17px] font-semibold tracking-tight"
        >
          <Mark /> Holdfast
        </Link>
        <div className="mb-2.5 mt-3">
          <EnvironmentSwitch />
        </div>
        <div className="scroll-thin -mx-1 min-h-0 flex-1 overflow-y-auto px-1">
          <NavList />
        </div>
        <SignedInAs />
      </aside>
      <header className="sticky top-0 z-30 flex h-14 items-center gap-2 border-b bg-ground px-4 lg:hidden">
        <Link href={place.at()} aria-label="Overview" className="rounded-md p-1">
          <Mark />
        </Link>
        <EnvironmentSwitch compact />
        <span className="ml-auto" />
        <CommandPalette compact />
        <button
          type="button"
          aria-label="Pages"
          onClick={() => setNavOpen(true)}
          className="grid size-9 shrink-0 place-items-center rounded-lg text-muted hover:bg-hover hover:text-ink"
        >
          <MenuIcon size={18} />
        </button>
      </header>
      {navOpen ? <MobileNav open onOpenChange={setNavOpen} /> : null}
      <div className="mx-auto max-w-[1240px] px-4 pb-16 pt-5 sm:px-6 lg:px-8 lg:pt-6">
        <header className="mb-5 hidden h-[34px] items-center gap-2.5 lg:flex">
          <Crumbs />
          <span className="flex-1" />
          <CommandPalette />
          <Button tone="primary" asChild>
            <Link href={place.at("keys/new")}>
              <Plus size={15} aria-hidden="true" /> New key
            </Link>
          </Button>
        </header>
        <main id="content" tabIndex={-1} className="min-w-0 space-y-5">
          <OfEnvironment>
            <TrustBanner />
            <RecordAlarm />
            <LockedNotice />
            {children}
          </OfEnvironment>
        </main>
        <Rulers />
      </div>
    </div>
  );
}
