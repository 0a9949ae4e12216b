import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { isPlaceId } from "@/features/environment/place-id.ts";
import { NewEnvironment } from "@/features/first-run/new-environment.tsx";
import { PublicFrame } from "@/features/sign-in/public-frame.tsx";

export const metadata: Metadata = { title: "New environment" };

/** A further environment of the same organisation. */
export default async function NewEnvironmentPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  if (!isPlaceId(tenant)) notFound();
  return (
    <PublicFrame
      title="New environment"
      lead="It has key servers, administrators and keys of its own and shares them with no other."
    >
      <NewEnvironment tenantId={tenant} />
    </PublicFrame>
  );
}
