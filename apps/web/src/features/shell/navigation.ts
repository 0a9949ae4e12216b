import {
  Archive,
  BellRing,
  Check,
  FileText,
  House,
  KeyRound,
  type LucideIcon,
  Plug,
  ScrollText,
  Server,
  Settings,
  ShieldCheck,
  Users,
} from "lucide-react";

/** A page of the dashboard: where, under which name, and the letter that jumps to it after `g`. */
export interface Destination {
  readonly path: string;
  readonly name: string;
  readonly icon: LucideIcon;
  readonly letter: string;
  readonly count?: "keys" | "waiting" | "agents" | "clients";
}

export const DAILY: readonly Destination[] = [
  { path: "", name: "Overview", icon: House, letter: "o" },
  { path: "keys", name: "Keys", icon: KeyRound, letter: "k", count: "keys" },
  { path: "approvals", name: "Approvals", icon: Check, letter: "a", count: "waiting" },
  { path: "coming-due", name: "Coming due", icon: BellRing, letter: "d" },
  { path: "log", name: "Custody log", icon: ScrollText, letter: "l" },
  { path: "reports", name: "Reports", icon: FileText, letter: "r" },
];

export const SET_UP: readonly Destination[] = [
  { path: "servers", name: "Key servers", icon: Server, letter: "s", count: "agents" },
  { path: "people", name: "People & rules", icon: Users, letter: "p" },
  { path: "backups", name: "Backup & escrow", icon: Archive, letter: "b" },
  { path: "clients", name: "Clients", icon: Plug, letter: "c", count: "clients" },
  { path: "secrets", name: "Your secrets", icon: ShieldCheck, letter: "y" },
  { path: "settings", name: "Settings", icon: Settings, letter: "," },
];
