import Link from "next/link";
import { Button } from "./button.tsx";
import { Notice } from "./notice.tsx";
import { PageHeader } from "./page-header.tsx";

/** In place of a thing that is not there: says so, and leads to the list of those that are. */
export function NotThere({ what, list, href }: { what: string; list: string; href: string }) {
  return (
    <>
      <PageHeader title={`No such ${what}`} />
      <Notice title={`There is no ${what} of that id in this environment.`} live>
        <p>Check the address. This says nothing about the keys that are there.</p>
      </Notice>
      <Button asChild>
        <Link href={href}>{list}</Link>
      </Button>
    </>
  );
}
