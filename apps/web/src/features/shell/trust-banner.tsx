"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Button } from "@/components/button.tsx";
import { Notice } from "@/components/notice.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { useStanding } from "@/features/custody/use-standing.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { useEnvironment } from "@/features/environment/use-environment.ts";

/** What must be said above every page: evidence that does not fit, words not compared, one administrator, local mode. */
export function TrustBanner() {
  const place = usePlace();
  const pathname = usePathname();
  const environment = useEnvironment();
  const standing = useStanding();
  if (pathname.startsWith(place.at("start"))) return null;
  if (standing.level === "alarm") {
    return (
      <ProblemNotice
        problem={standing.problem}
        action={
          <p>
            Approve nothing from this page until you know why. Your key server&apos;s own page and console stay
            trustworthy.
          </p>
        }
      />
    );
  }
  if (environment.data && environment.data.tid === null) {
    return (
      <Notice tone="warning" title="No key server is connected yet">
        <p>
          Keys live on a machine of yours.{" "}
          <Link className="font-medium underline" href={place.at("start")}>
            Connect your key server
          </Link>
          , it takes two minutes.
        </p>
      </Notice>
    );
  }
  if (standing.level === "consistent") {
    return (
      <div className="flex flex-wrap items-center gap-3 rounded-lg bg-quiet px-4 py-2.5">
        <p className="min-w-0 flex-1 basis-72">
          Consistent, not compared on this device. Compare three words with your key server&apos;s console to make this
          browser check for you.
        </p>
        <Button size="small" asChild>
          <Link href={place.at("start")}>Compare words</Link>
        </Button>
      </div>
    );
  }
  return null;
}
