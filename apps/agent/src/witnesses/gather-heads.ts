import type { SigningHandle } from "@holdfast/crypto";
import { logOrigin } from "@holdfast/tlog";
import { GatewayClient } from "../control-link/gateway-client.ts";
import { readLink } from "../control-link/link-file.ts";
import { readEvidence } from "./evidence.ts";
import { type FoundNote, notesOf } from "./found-note.ts";
import { WitnessClient } from "./witness-client.ts";
import { readWitnessMemory } from "./witness-memory.ts";
import { readWitnessPlaces } from "./witness-places.ts";

/** Whose heads are looked for, and how the control plane knows it. */
export interface HeadSeeker {
  readonly dataDirectory: string;
  readonly tid: string;
  readonly aid: string;
  readonly aik: Pick<SigningHandle, "sign">;
  /** The wall clock, Unix seconds. */
  readonly now: () => number;
}

/** How long the start waits for witnesses that do not answer. */
const PATIENCE_MS = 3_000;

/**
 * Asks everybody who may have seen more of this log than there is here: the data folder, witnesses, the control plane.
 * Whoever does not answer in a few seconds is passed over.
 *
 * @returns notes as they came: nothing is verified yet
 */
export async function gatherHeads(seeker: HeadSeeker): Promise<FoundNote[]> {
  const { dataDirectory, tid } = seeker;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const kept = readEvidence(dataDirectory)
    .filter(({ code }) => code === "E_LOG_ROLLBACK")
    .map(({ theirs }) => theirs);
  const cosigned = [...readWitnessMemory(dataDirectory).cosigned.values()].map(({ note }) => note);
  const own = [...new Set([...kept, ...cosigned])]
    .filter((note) => typeof note === "string")
    .map((note): FoundNote => ({ note, from: "the data folder", as: "head" }));
  const places = readWitnessPlaces(dataDirectory);
  const asked = places.map(async (place): Promise<FoundNote[]> => {
    const client = new WitnessClient(place);
    const origin = logOrigin(tid);
    const { name } = place;
    // By themselves: one that shows too much beside its head, or nothing, has shown its head all the same.
    const [head, others] = await Promise.allSettled([client.head(origin, signal), client.others(origin, signal)]);
    const seen = head.status === "fulfilled" && head.value !== null ? [head.value] : [];
    return [
      ...seen.map((note) => ({ note, from: name, as: "head" }) as const),
      ...(others.status === "fulfilled" ? others.value : []).map(
        (note) => ({ note, from: name, as: "refused" }) as const,
      ),
    ];
  });
  const all = await Promise.allSettled([...asked, askControlPlane(seeker, signal)]);
  return [...own, ...all.flatMap((each) => (each.status === "fulfilled" ? each.value : []))];
}

async function askControlPlane(
  { dataDirectory, aid, aik, now }: HeadSeeker,
  signal: AbortSignal,
): Promise<FoundNote[]> {
  const link = readLink(dataDirectory);
  if (link === null) return [];
  const client = new GatewayClient({ gateway: link.gateway, spki: link.spki, aid, aik, now });
  const state = await client.post<Record<string, unknown>>("/v1/log/state", {}, { signal });
  return notesOf(state);
}
