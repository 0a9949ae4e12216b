"use client";
import { createContext, type ReactNode, use } from "react";

/** Where the person is: one environment of one organisation. */
export interface EnvironmentPlace {
  readonly tenantId: string;
  readonly environmentId: string;
  /** The address of a page of this environment. */
  readonly at: (path?: string) => string;
}

const PlaceContext = createContext<EnvironmentPlace | null>(null);

export function EnvironmentPlaceProvider({ tenantId, environmentId, children }: PlaceProps) {
  const base = `/${tenantId}/${environmentId}`;
  const place = { tenantId, environmentId, at: (path = "") => (path ? `${base}/${path}` : base) };
  return <PlaceContext value={place}>{children}</PlaceContext>;
}

interface PlaceProps {
  tenantId: string;
  environmentId: string;
  children: ReactNode;
}

/** The environment in the address. Only inside the dashboard's layout. */
export function usePlace(): EnvironmentPlace {
  const place = use(PlaceContext);
  if (!place) throw new ReferenceError("usePlace outside EnvironmentPlaceProvider");
  return place;
}

/** The ids that every procedure of this environment takes. */
export function useScope(): { tenantId: string; environmentId: string } {
  const { tenantId, environmentId } = usePlace();
  return { tenantId, environmentId };
}
