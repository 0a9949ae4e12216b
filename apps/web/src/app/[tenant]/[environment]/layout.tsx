import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { EnvironmentPlaceProvider } from "@/features/environment/environment-context.tsx";
import { isPlaceId } from "@/features/environment/place-id.ts";
import { Shell } from "@/features/shell/shell.tsx";

/** Every page of one environment, inside the frame. Who may see what is decided by the procedures alone. */
export default async function EnvironmentLayout({ children, params }: EnvironmentLayoutProps) {
  const { tenant, environment } = await params;
  if (!isPlaceId(tenant) || !isPlaceId(environment)) notFound();
  return (
    <EnvironmentPlaceProvider tenantId={tenant} environmentId={environment}>
      <Shell>{children}</Shell>
    </EnvironmentPlaceProvider>
  );
}

interface EnvironmentLayoutProps {
  children: ReactNode;
  params: Promise<{ tenant: string; environment: string }>;
}
