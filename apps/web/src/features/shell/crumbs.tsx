"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { useEnvironment } from "@/features/environment/use-environment.ts";
import { DAILY, SET_UP } from "./navigation.ts";

/** Where this page is: the environment, then the section when inside it. */
export function Crumbs() {
  const pathname = usePathname();
  const place = usePlace();
  const environment = useEnvironment();
  const rest = pathname
    .slice(place.at().length + 1)
    .split("/")
    .filter(Boolean);
  const section = [...DAILY, ...SET_UP].find((item) => item.path && item.path === rest[0]);
  return (
    <nav aria-label="Where you are" className="flex min-w-0 items-center gap-1.5 text-muted">
      <Link href={place.at()} className="max-w-80 truncate rounded hover:text-ink">
        {environment.data?.name ?? "Environment"}
      </Link>
      {section && rest.length > 1 ? (
        <>
          <span aria-hidden="true">/</span>
          <Link href={place.at(section.path)} className="rounded hover:text-ink">
            {section.name}
          </Link>
        </>
      ) : null}
    </nav>
  );
}
