"use client";
import { LinkTabs } from "@/components/link-tabs.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";

/** The two ways a client comes in: an administrator approves each, or once for many. */
export function AddTabs({ current }: { current: "client" | "permit" }) {
  const place = usePlace();
  return (
    <LinkTabs
      label="Ways in"
      tabs={[
        { href: place.at("clients/new"), text: "One client", current: current === "client" },
        { href: place.at("clients/enrolment"), text: "Machines that enrol themselves", current: current === "permit" },
      ]}
    />
  );
}
