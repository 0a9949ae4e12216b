import Link from "next/link";
import { PublicFrame } from "@/features/sign-in/public-frame.tsx";

/** An address that leads nowhere. */
export default function NotFound() {
  return (
    <PublicFrame title="There is nothing here" lead="The address leads to no page, or to one that you may not see.">
      <Link
        href="/"
        className="inline-flex h-[34px] items-center rounded-lg bg-accent px-3.5 font-medium text-on-accent hover:brightness-110"
      >
        To your environment
      </Link>
    </PublicFrame>
  );
}
