"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useMemo } from "react";
import type { LinkDraft } from "@/browser/propose/draft-link.ts";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";
import { useStanding } from "@/features/custody/use-standing.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import type { AppRouter } from "@/server/trpc/app-router.type.ts";
import {
  type IntroducedKey,
  type Newcomer,
  type ReadLink,
  readIntroducedKeys,
  readLink,
  readNewcomers,
} from "./read-link.ts";

/** A change of administrators and rules as the mailbox tells of it. */
export type LinkRow = inferRouterOutputs<AppRouter>["roster"]["list"]["links"][number];

/** A change, read from its own bytes. */
export interface KnownLink {
  readonly row: LinkRow;
  readonly read: ReadLink;
}

const NOTHING = { links: [], newcomers: [], keys: [] } as const;

/** Proposed changes, and what was introduced for further ones. */
interface Links {
  readonly links: readonly KnownLink[];
  readonly newcomers: readonly Newcomer[];
  /** Replacement keys that are not in the list yet. */
  readonly keys: readonly IntroducedKey[];
}

/** Proposed changes, newest first, and whom a change could add; each from its own bytes. */
export function useLinks(): Links {
  const trpc = useTRPC();
  const standing = useStanding();
  const listed = useQuery(trpc.roster.list.queryOptions(useScope(), { refetchInterval: 30_000 })).data;
  const proved = standing.level === "checked" || standing.level === "consistent";
  const rosters = proved ? standing.chain.rosters : null;
  return useMemo(() => {
    if (listed === undefined || rosters === null) return NOTHING;
    const links = listed.links.flatMap((row) => {
      const read = readLink(row, rosters);
      return read === null ? [] : [{ row, read }];
    });
    const recovering = links.filter(isWaiting).filter(({ read }) => read.roster.recover === true);
    const holders = [rosters.at(-1)?.roster, ...recovering.map(({ read }) => read.roster)];
    const known = new Set(
      holders.flatMap((roster) => roster?.admins.flatMap(({ creds }) => creds.map(({ credId }) => credId)) ?? []),
    );
    const isNew = ({ introduction }: Newcomer) => introduction.object.creds.some(({ credId }) => !known.has(credId));
    const recovery = rosters.at(-1)?.roster.recovery.keys ?? [];
    const isNewKey = ({ introduction: { object } }: IntroducedKey) =>
      !recovery.some(({ cose }) => cose === object.key.cose);
    return {
      links,
      newcomers: readNewcomers(listed.introductions).filter(isNew),
      keys: readIntroducedKeys(listed.introductions).filter(isNewKey),
    };
  }, [listed, rosters]);
}

/** Changes that wait for approvals or for their delay. */
export function isWaiting({ row }: KnownLink): boolean {
  return row.status === "open" || row.status === "scheduled";
}

/** Changes that somebody may decide on or stop now: those that follow another list can be in force no more. */
export function useWaitingLinks(): readonly KnownLink[] {
  const standing = useStanding();
  const { links } = useLinks();
  if (standing.level !== "checked" && standing.level !== "consistent") return [];
  const { hash } = standing.roster;
  return links.filter((link) => isWaiting(link) && (link.row.status === "scheduled" || link.read.roster.prev === hash));
}

/** Puts a change into the key server's mailbox. */
export function useProposeLink() {
  const client = useTRPCClient();
  const trpc = useTRPC();
  const scope = useScope();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ doc, intros }: Pick<LinkDraft, "doc" | "intros">) =>
      client.roster.propose.mutate({ ...scope, doc, intros: [...intros] }),
    onSuccess: () => queries.invalidateQueries({ queryKey: trpc.roster.pathKey() }),
  });
}
