"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { classNames } from "@/components/class-names.ts";
import { showNumber } from "@/components/number-text.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { DAILY, type Destination, SET_UP } from "./navigation.ts";
import { type NavCounts, useNavCounts } from "./use-nav-counts.ts";

/** The pages, daily ones first. */
export function NavList({ onNavigate }: { onNavigate?: () => void }) {
  const counts = useNavCounts();
  return (
    <nav aria-label="Pages" className="grid gap-0.5">
      {DAILY.map((item) => (
        <NavLink key={item.path} item={item} counts={counts} onNavigate={onNavigate} />
      ))}
      <p className="px-2.5 pb-1 pt-5 text-sm text-muted">Set-up</p>
      {SET_UP.map((item) => (
        <NavLink key={item.path} item={item} counts={counts} onNavigate={onNavigate} />
      ))}
    </nav>
  );
}

function NavLink({ item, counts, onNavigate }: { item: Destination; counts: NavCounts; onNavigate?: () => void }) {
  const place = usePlace();
  const pathname = usePathname();
  const href = place.at(item.path);
  const current = item.path === "" ? pathname === href : pathname === href || pathname.startsWith(`${href}/`);
  const count = item.count ? counts[item.count] : undefined;
  const Icon = item.icon;
  return (
    <Link
      href={href}
      onClick={onNavigate}
      aria-current={current ? "page" : undefined}
      title={`${item.name} (g ${item.letter})`}
      className={classNames(
        "flex h-[33px] items-center gap-2.5 rounded-lg px-2.5",
        current ? "bg-accent-ground font-medium text-accent" : "text-muted hover:bg-hover hover:text-ink",
      )}
    >
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
      <span className="flex-1">{item.name}</span>
      {count ? <span className="text-sm tabular">{showNumber(count)}</span> : null}
    </Link>
  );
}
