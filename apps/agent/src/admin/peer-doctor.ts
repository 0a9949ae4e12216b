import { HoldfastError, isPlainText, wordsOf } from "@holdfast/protocol";
import type { Agent } from "../agent.ts";
import type { AgentPages } from "../local-page/agent-pages.ts";
import { askPeer, type PeerAnswer, PeerSilent } from "../local-page/peers/ask-peer.ts";
import { type PeerPlace, peerPlaces } from "../local-page/peers/peer-places.ts";
import { channelOf } from "../roster/channel-of.ts";
import type { DoctorCheck } from "./answers.ts";
import { bad, good, warning } from "./check-words.ts";

const NAME = "page peers";
const CLOCK_SECONDS = 120;
const TID = /^[a-z2-7]{26}$/;

/** One peer, and what it says of itself at one of the page's names. */
interface Looked {
  readonly peer: PeerPlace;
  readonly origin: string;
  /** Its `hello`; null where it is silent. */
  readonly hello: PeerAnswer["json"] | null;
  readonly why: string;
}

/**
 * Asks every other key server behind the page's name who it is: whether it answers there, is of another environment, open, and of the
 * same time. Takes what they say for nothing but words to show.
 */
export async function peerDoctorChecks(agent: Agent, pages: Pick<AgentPages, "states">): Promise<DoctorCheck[]> {
  let peers: readonly PeerPlace[];
  try {
    peers = peerPlaces(agent.dataDirectory);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return [
      bad(NAME, error.message, "Remove that file and name the key servers again: `holdfast-agent page peer add`."),
    ];
  }
  if (peers.length === 0) return [];
  const origins = pages
    .states()
    .filter(({ origin, state }) => state === "serving" && channelOf(origin) === "customer")
    .map(({ origin }) => origin);
  if (origins.length === 0)
    return [
      warning(
        NAME,
        `${peers.map(({ name }) => name).join(", ")} would be asked, but no page is served here at a name of yours.`,
        "Serve it: `holdfast-agent page setup`. Or name no other key server: `holdfast-agent page peer remove`.",
      ),
    ];
  const looked = await Promise.all(peers.map((peer) => lookAt(peer, origins)));
  const own = { aid: agent.identity.aid, tid: agent.tid, now: agent.clock.now() };
  return looked.map((each) => checkOf(each, own, looked));
}

/** At the first of the page's names at which it answers; while people move not every key server has both. */
async function lookAt(peer: PeerPlace, origins: readonly string[]): Promise<Looked> {
  let why = "";
  for (const origin of origins)
    try {
      const { status, json } = await askPeer(peer, { method: "GET", path: "/page/hello", origin });
      if (status === 200 && typeof json["aid"] === "string") return { peer, origin, hello: json, why };
      why ||= `it answers ${status}, as no key server's page does`;
    } catch (error) {
      if (!(error instanceof PeerSilent)) throw error;
      why ||= error.why;
    }
  return { peer, origin: origins[0] ?? "", hello: null, why };
}

function checkOf(
  { peer, origin, hello, why }: Looked,
  own: { readonly aid: string; readonly tid: string | null; readonly now: number },
  all: readonly Looked[],
): DoctorCheck {
  const { name, at } = peer;
  const { hostname } = new URL(origin);
  const remove = `\`holdfast-agent page peer remove ${name}\``;
  if (hello === null)
    return bad(
      NAME,
      `${name} (${at}) does not answer as ${hostname}: ${why}. What waits there is not shown here.`,
      `Look there whether the page of that name is served (\`page show\`), and here whether address and authority are right: \`holdfast-agent page peer add ${name} --at HOST:PORT --ca FILE\`. Or ${remove}.`,
    );
  const { aid, tid, sealed, now } = hello;
  if (aid === own.aid) return bad(NAME, `${name} (${at}) is this key server itself.`, `Take it away: ${remove}.`);
  const same = all.find(({ hello: other, peer: { name: called } }) => called !== name && other?.["aid"] === aid);
  if (same !== undefined)
    return bad(NAME, `${name} and ${same.peer.name} are one and the same key server.`, `Take one away: ${remove}.`);
  if (typeof tid !== "string" || !TID.test(tid))
    return warning(
      NAME,
      `${name} (${at}) answers as ${hostname}, and is of no environment yet.`,
      "Found one there: `holdfast-agent claim`.",
    );
  if (tid === own.tid)
    return bad(
      NAME,
      `${name} (${at}) is of this same environment, of which one key server decides: nothing that it shows is taken.`,
      `Have one of them serve the page (docs/operate/second-key-server.md): ${remove}.`,
    );
  if (sealed === true)
    return warning(
      NAME,
      `${name} (${at}) is sealed: what waits there can be neither shown nor decided.`,
      "Open it there: `holdfast-agent unseal`.",
    );
  const ahead = typeof now === "number" ? Math.round(now - own.now) : 0;
  if (Math.abs(ahead) > CLOCK_SECONDS)
    return warning(
      NAME,
      `The clock of ${name} (${at}) is ${Math.abs(ahead)} s ${ahead > 0 ? "ahead of" : "behind"} this one: what is in time for one may be too late for the other.`,
      "Have both hosts' clocks set from the network (`timedatectl`), then `holdfast-agent doctor` at both.",
    );
  return good(NAME, `${name} (${at}) answers as ${hostname}: ${calledOf(hello)}, ${wordsOf(tid).join(" ")}.`);
}

function calledOf({ name }: PeerAnswer["json"]): string {
  return typeof name === "string" && name !== "" && isPlainText(name) ? name.slice(0, 64) : "a key server";
}
