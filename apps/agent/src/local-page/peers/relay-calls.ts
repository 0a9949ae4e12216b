import { decodeBase64url, docHash, encodeBase64url, findBase64url, sha256, wordsOf } from "@holdfast/protocol";
import type { Agent } from "../../agent.ts";
import { onlyFields } from "../../json-http/fields.ts";
import { HttpRefusal } from "../../json-http/http-refusal.ts";
import type { JsonCall } from "../../json-http/serve-json.ts";
import type { HandOver } from "../hand-over.ts";
import type { PageCall } from "../serve-page.ts";
import { askPeer, type PassedCall, type PeerAnswer, PeerSilent, RELAYED_HEADER } from "./ask-peer.ts";
import { type PeerPlace, peerPlaces } from "./peer-places.ts";

/** Most calls that are being passed on at a time: whoever can load the page cannot keep more of them open. */
const MOST_AT_ONCE = 16;
const BY_INVITATION = ["invitation", "introduction", "administrator", "replacement-key"] as const;
/** Asked by key servers only, of each other. */
const HOLDS = "/page/holds";
const LONGEST_NAME = 64;
const DOC_TYPES = { commands: "cmd", links: "roster" } as const;

/** What passing calls on needs. */
export interface RelayParts {
  readonly agent: Agent;
  readonly origin: string;
  readonly handOver: Pick<HandOver, "has">;
}

/**
 * The page's calls of a key server that has others behind the same name: what it does not know itself is asked of them, and what a person
 * decides of that goes to the one that knows it, which alone judges. What they say of a request is shown with their name; of another request
 * than was asked for, nothing is.
 */
export function withPeers(calls: ReadonlyMap<string, PageCall>, parts: RelayParts): ReadonlyMap<string, PageCall> {
  const relay = new Relay(parts);
  const own = (name: string) => calls.get(name) as PageCall;
  const passed = new Map<string, PageCall>([
    ["GET /page/commands", (call) => relay.commands(call, own("GET /page/commands"))],
    ["GET /page/links", (call) => relay.links(call, own("GET /page/links"))],
    ["GET /page/recovery", (call) => relay.recovery(call, own("GET /page/recovery"))],
    ["POST /page/approve", (call) => relay.decision(call, own("POST /page/approve"), "commands")],
    ["POST /page/link", (call) => relay.decision(call, own("POST /page/link"), "links")],
    ["POST /page/handover", (call) => relay.handOver(call, own("POST /page/handover"))],
    [`POST ${HOLDS}`, (call) => relay.holds(call)],
    ...BY_INVITATION.map((name): [string, PageCall] => [
      `POST /page/${name}`,
      (call) => relay.invited(call, own(`POST /page/${name}`)),
    ]),
  ]);
  return new Map([...calls, ...passed]);
}

type Kind = keyof typeof DOC_TYPES;

interface Found<A extends PeerAnswer> {
  readonly peer: PeerPlace;
  readonly answer: A;
}

/** What a peer says of requests, and of which environment they are. */
interface About extends PeerAnswer {
  readonly tid: string;
}

class Relay {
  readonly #agent: Agent;
  readonly #origin: string;
  readonly #handOver: RelayParts["handOver"];
  #open = 0;

  constructor({ agent, origin, handOver }: RelayParts) {
    this.#agent = agent;
    this.#origin = origin;
    this.#handOver = handOver;
  }

  async commands(call: JsonCall, own: PageCall): Promise<unknown> {
    const asked = (call.query.get("hashes") ?? "").split(".");
    if (!this.#mayPass(call) || asked.some((hash) => this.#knows(hash))) return own(call);
    return this.#shown(call, own, asked, "commands");
  }

  async links(call: JsonCall, own: PageCall): Promise<unknown> {
    const asked = call.query.get("hash") ?? "";
    if (!this.#mayPass(call) || this.#knows(asked)) return own(call);
    return this.#shown(call, own, [asked], "links");
  }

  /** A decision goes to whoever knows what it is about; only that one judges it. */
  async decision(call: JsonCall, own: PageCall, kind: Kind): Promise<unknown> {
    const { list } = (call.body["approval"] ?? {}) as { readonly list?: unknown };
    const asked = Array.isArray(list) ? list.map(String) : [];
    if (!this.#mayPass(call) || asked.length === 0 || asked.some((hash) => this.#knows(hash))) return own(call);
    const found = await this.#knower(asked, kind);
    return found === null ? own(call) : this.#pass(found.peer, call);
  }

  /** The part before the dot finds an invitation, here or at another; the secret goes to whoever made it and to nobody else. */
  async invited(call: JsonCall, own: PageCall): Promise<unknown> {
    const word = call.body["invitation"];
    if (!this.#mayPass(call) || typeof word !== "string") return own(call);
    const [id = ""] = word.split(".");
    if (this.#invites(id)) return own(call);
    const peer = await this.#holder({ invitation: id.slice(0, LONGEST_NAME) });
    return peer === null ? own(call) : this.#pass(peer, call);
  }

  /**
   * Recovery is passed on to nobody: whose replacement key it takes types its words at that key server's own address alone. The page only
   * says which one it is.
   */
  async recovery(call: JsonCall, own: PageCall): Promise<unknown> {
    const answer = (await own(call)) as object;
    const of = call.query.get("of") ?? "";
    if (!this.#mayPass(call) || of === "") return answer;
    const silent: string[] = [];
    const at = await this.#whereIs(of, silent);
    return { ...answer, ...(at === null ? {} : { at }), ...(silent.length === 0 ? {} : { silent }) };
  }

  /** The other key server that has a change, by its hash, or an invitation, by the part before its dot. */
  async #whereIs(of: string, silent: string[]): Promise<object | null> {
    if (findBase64url(of)?.length === 32) {
      if (this.#knows(of)) return null;
      const found = await this.#knower([of], "links", silent);
      return found === null ? null : this.#nameOf(found);
    }
    if (this.#invites(of)) return null;
    const peer = await this.#holder({ invitation: of.slice(0, LONGEST_NAME) }, silent);
    return peer === null ? null : this.#calledOf(peer);
  }

  /** The hash of a secret finds what was handed out, here or at another. */
  async handOver(call: JsonCall, own: PageCall): Promise<unknown> {
    const secret = findBase64url(String(call.body["secret"] ?? ""));
    if (!this.#mayPass(call) || secret?.length !== 32) return own(call);
    const files = encodeBase64url(sha256(secret));
    if (this.#handOver.has(files)) return own(call);
    const peer = await this.#holder({ files });
    return peer === null ? own(call) : this.#pass(peer, call);
  }

  /** What another key server's page asks: whether an invitation or files are here. By names that open nothing. */
  holds({ body, request }: JsonCall): unknown {
    if (request.headers[RELAYED_HEADER] === undefined)
      throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such page or call.");
    onlyFields(body, ["invitation", "files"]);
    const { invitation, files } = body;
    const here = typeof invitation === "string" ? this.#invites(invitation) : this.#handOver.has(String(files));
    return { here };
  }

  /** The one peer that has it; null where none has, or more than one says so: one of them lies. */
  async #holder(what: object, silent: string[] = []): Promise<PeerPlace | null> {
    const asked = { method: "POST", path: HOLDS, body: what, origin: this.#origin } as const;
    const found = await this.#findAll(async (peer) => {
      const answer = okOf(await askPeer(peer, asked));
      return answer?.json["here"] === true ? answer : null;
    }, silent);
    const [only] = found;
    return found.length === 1 && only !== undefined ? only.peer : null;
  }

  async #shown(call: JsonCall, own: PageCall, asked: readonly string[], kind: Kind): Promise<unknown> {
    const silent: string[] = [];
    const found = await this.#knower(asked, kind, silent);
    if (found !== null) return { ...found.answer.json, at: await this.#nameOf(found) };
    const answer = (await own(call)) as object;
    return silent.length === 0 ? answer : { ...answer, silent };
  }

  /** What a peer says of exactly these; null where it knows none or not all, or speaks of others. */
  async #about(peer: PeerPlace, asked: readonly string[], kind: Kind): Promise<About | null> {
    const query = kind === "commands" ? `hashes=${asked.join(".")}` : `hash=${asked[0]}`;
    const answer = okOf(await askPeer(peer, { method: "GET", path: `/page/${kind}?${query}`, origin: this.#origin }));
    if (answer === null) return null;
    const { commands, link } = answer.json;
    const said = kind === "links" ? [link] : Array.isArray(commands) ? commands : [];
    const isSame = said.length === asked.length && said.every((each, at) => isOf(each, asked[at] ?? "", kind));
    if (!isSame) return null;
    const tids = new Set(said.map(tidIn));
    const [tid = null] = tids;
    // What is of this environment waits here or nowhere: no other key server speaks of it.
    return tids.size === 1 && tid !== null && tid !== this.#agent.tid ? { ...answer, tid } : null;
  }

  /** Its name as it says, and the words of the environment that the bytes themselves are of. */
  async #nameOf({ peer, answer: { tid } }: Found<About>): Promise<object> {
    return { ...(await this.#calledOf(peer)), words: wordsOf(tid) };
  }

  async #calledOf(peer: PeerPlace): Promise<{ readonly name: string }> {
    const { json } = await askPeer(peer, { method: "GET", path: "/page/hello", origin: this.#origin });
    const { name } = json;
    return { name: typeof name === "string" ? name.slice(0, 64) : peer.name };
  }

  async #pass(peer: PeerPlace, { path, body }: JsonCall): Promise<unknown> {
    const passed: PassedCall = { method: "POST", path, body, origin: this.#origin };
    this.#agent.logger.info("page.passed", { peer: peer.name, path });
    const { status, json } = await askPeer(peer, passed);
    if (status === 200) return json;
    const text = (name: string) => (typeof json[name] === "string" ? String(json[name]).slice(0, 500) : "");
    const code = /^[A-Z]_[A-Z0-9_]{1,40}$/.test(text("code")) ? text("code") : "E_PAGE_PEER";
    const refused = status >= 400 && status < 600 ? status : 502;
    throw new PeerRefusal(refused, code, text("detail") || "It was refused.", text("next"));
  }

  /**
   * The one peer that knows a request.
   *
   * @throws {@link PeerRefusal} where more than one says so: who forwards an approval with a word of its own gets what is handed out for it
   */
  async #knower(asked: readonly string[], kind: Kind, silent: string[] = []): Promise<Found<About> | null> {
    const [only = null, ...more] = await this.#findAll((peer) => this.#about(peer, asked, kind), silent);
    if (only === null || more.length === 0) return only;
    const names = [only, ...more].map(({ peer }) => peer.name);
    this.#agent.logger.warn("page.peers-disagree", { peers: names.join(" ") });
    throw new PeerRefusal(
      409,
      "E_PAGE_PEER",
      `More than one key server behind this name says that this request is its own: ${names.join(", ")}. One of them lies, so it is neither shown nor passed on.`,
      "Decide at the address of the key server that it is for alone, and have whoever runs this one look at those two: `page peer list`, `page peer remove`.",
    );
  }

  /** The peers of which `ask` finds something, in their order. All are asked at once: one that is silent holds up no longer than itself. */
  async #findAll<A extends PeerAnswer>(
    ask: (peer: PeerPlace) => Promise<A | null>,
    silent: string[] = [],
  ): Promise<readonly Found<A>[]> {
    const peers = peerPlaces(this.#agent.dataDirectory);
    if (this.#open >= MOST_AT_ONCE) {
      silent.push(...peers.map(({ name }) => name)); // they were not asked, so that nothing is said of what they know
      return [];
    }
    this.#open += 1;
    try {
      const all = peers.map(async (peer) => {
        try {
          const answer = await ask(peer);
          return answer === null ? [] : [{ peer, answer }];
        } catch (error) {
          if (!(error instanceof PeerSilent)) throw error;
          this.#agent.logger.warn("page.peer-silent", { peer: peer.name });
          silent.push(peer.name);
          return [];
        }
      });
      return (await Promise.all(all)).flat();
    } finally {
      this.#open -= 1;
    }
  }

  #mayPass({ request }: JsonCall): boolean {
    return request.headers[RELAYED_HEADER] === undefined && this.#origin.startsWith("https:");
  }

  #knows(hash: string): boolean {
    const { domain } = this.#agent;
    if (findBase64url(hash)?.length !== 32) return true; // what is no hash is refused here
    return domain !== null && (domain.admission.find(hash) !== null || domain.links.find(hash) !== null);
  }

  #invites(id: string): boolean {
    return this.#agent.domain?.invitations.open().some((each) => each.id === id) ?? false;
  }
}

/** What a peer refused, in its own words. */
class PeerRefusal extends HttpRefusal {
  override readonly next: string;

  constructor(status: number, code: string, what: string, next: string) {
    super(status, code, what);
    this.next = next || "See that key server's custody log.";
  }
}

/** Whether what a peer shows is the very document that was asked for. */
function isOf(shown: unknown, hash: string, kind: Kind): boolean {
  const { doc, hash: called } = (shown ?? {}) as { readonly doc?: unknown; readonly hash?: unknown };
  if (called !== hash || typeof doc !== "string" || findBase64url(doc) === null) return false;
  return docHash(DOC_TYPES[kind], decodeBase64url(doc)) === hash;
}

/** The environment that a document names; null where it names none. */
function tidIn(shown: unknown): string | null {
  const { doc } = shown as { readonly doc: string };
  try {
    const value = JSON.parse(Buffer.from(decodeBase64url(doc)).toString("utf8")) as { readonly tid?: unknown } | null;
    return typeof value?.tid === "string" ? value.tid : null;
  } catch {
    return null; // no document at all
  }
}

function okOf(answer: PeerAnswer): PeerAnswer | null {
  return answer.status === 200 ? answer : null;
}
