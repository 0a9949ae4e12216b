"use client";
import { Bell, Database } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/button.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { Appearance } from "./appearance.tsx";
import { Members } from "./members.tsx";
import { Passkeys } from "./passkeys.tsx";
import { Sessions } from "./sessions.tsx";

/** The account, who belongs to the organisation, and the rules that the key servers follow. */
export function Settings() {
  const place = usePlace();
  return (
    <>
      <PageHeader
        title="Settings"
        detail="Your account and organisation here. What happens to keys is ruled by the signed list under People & rules, not by roles."
        actions={
          <>
            <Button asChild>
              <Link href={place.at("settings/notices")}>
                <Bell size={14} aria-hidden="true" /> Notices
              </Link>
            </Button>
            <Button asChild>
              <Link href={place.at("settings/stored")}>
                <Database size={14} aria-hidden="true" /> What we store about you
              </Link>
            </Button>
          </>
        }
      />
      <Passkeys />
      <Sessions />
      <Members />
      <Appearance />
    </>
  );
}
