import type { Grant } from "@holdfast/protocol";

/** A refusal the agent sent: what happened, what to do, its stable code. */
export class PageRefusal extends Error {
  readonly code: string;
  readonly next: string;

  constructor(code: string, what: string, next: string) {
    super(what);
    this.name = "PageRefusal";
    this.code = code;
    this.next = next;
  }
}

export interface SharesGiven {
  given: number;
  needed: number;
  of: number;
}

export interface Hello {
  name: string;
  aid: string;
  tid: string | null;
  words?: string[];
  oneAdministrator: boolean;
  /** Whether passkeys in force belong to this address, and where else the page is served. */
  here?: boolean;
  elsewhere?: string[];
  sealed: boolean;
  /** Of a fresh key server that waits for a backup's custodians: the release it proposes. */
  receiving?: { release: string };
  /** While it is sealed and custodians' shares open it: how many have been given. */
  shares?: SharesGiven;
  /** What its console is needed for now: the commands by name, as they work there. */
  commands?: Record<string, string>;
}

/** What this browser proved of the page's address. */
export interface PageChecked {
  origin: string;
  rpId: string;
  channel: string;
  tls: "own" | "front" | "none";
  fingerprint: string | null;
  notAfter: number | null;
  passkeys: number;
  elsewhere: string[];
}

export interface ClaimOpened {
  registration: string;
  inviteId: string;
  aid: string;
  adm: string;
  rpId: string;
  rpName: string;
  origin: string;
  challenge: string;
  /** Whether the passkey's maker has to vouch for it. */
  attestation: "none" | "direct";
  user: { id: string; name: string; displayName: string };
}

export interface TokenShown {
  gateway: string;
  witness: { name: string; vkey: string };
  loopback: boolean;
}

/** For whom and where a passkey is made. */
export type PasskeyAsked = Omit<ClaimOpened, "registration">;

/** What an invitation is for. */
export interface InvitationShown {
  kind: string;
  label: string;
  /** Of an administrator: what the passkeys are made with, and those that the person has already. */
  passkey?: PasskeyAsked & { have: string[]; hosted?: true };
  /** Of a replacement key: what it signs, and how long a recovery waits. */
  key?: { challenge: string; hours: number };
}

export interface RecentUse {
  id: string;
  label: string;
  lastAt: number;
  count: number;
}

export interface PageCommand {
  hash: string;
  /** base64url of the command's signed bytes. */
  doc: string;
  words: string[];
  target?: {
    label: string;
    state: string;
    group: string;
    algorithm: string;
    current: number;
    versions: number;
    /** Clients that used a key in the last 30 days. */
    usedBy: RecentUse[];
    /** Keys that a client used in the last 30 days. */
    uses?: RecentUse[];
    /** What a client may do now. */
    grants?: Grant[];
    backedUpAt: number | null;
  };
  /** With restore.accept: the administrators that the backup knew, and those that the key server goes by; null once it is accepted. */
  restored?: { knew: { seq: number; issued: number }; now: { seq: number; issued: number } } | null;
  policy: { m: number; have: number; delaySec: number; channelOk: boolean };
  approvals: { adm: string; label: string; at: number }[];
  dryRun: { ok: boolean; code?: string; what?: string; next?: string };
  status: string;
  /** What newcomers gave to the key server and this command names, base64url. */
  intros: string[];
  /** When a scheduled command runs, Unix seconds by the agent's time; null for any other. */
  due: number | null;
}

/** A change that is approved and waits its delay. */
export interface Announced {
  hash: string;
  due: number;
  kind: string;
  /** Whether somebody's no still ends it. */
  mayObject: boolean;
}

export interface Progress {
  have: number;
  need: number;
}

/** A change of administrators and rules. */
export interface PageLink {
  hash: string;
  /** base64url of its signed bytes, and of those of the list that it follows; null where the key server has none. */
  doc: string;
  base: string | null;
  /** A recovery is approved by replacement keys, elsewhere; here it can be stopped. */
  kind: string;
  /** Whether somebody's no still ends it. */
  mayObject: boolean;
  words: string[];
  status: string;
  old: Progress;
  new: Progress;
  approvals: { adm: string; label: string; at: number }[];
  delay: { delaySec: number; reason: string };
  due: number | null;
  dryRun: { ok: boolean; code?: string; what?: string; next?: string };
  intros: string[];
}

export interface PageLinks {
  link: PageLink | null;
  at?: AtPeer;
  /** Passkeys that may approve it, and those that may stop it. */
  approvers: string[];
  objectors: string[];
  /** Other addresses of the page at which somebody decides on it as well. */
  elsewhere: string[];
  rpId: string;
  now: number;
  announced: Announced[];
}

export interface PageLinkResult {
  hash: string;
  outcome: string;
  code?: string;
  what?: string;
  next?: string;
  leaf?: number;
  due?: number;
  old?: Progress;
  new?: Progress;
}

/** Another key server behind this page's name, which waits for the decision. */
export interface AtPeer {
  name: string;
  words: string[];
}

export interface PageCommands {
  commands: PageCommand[];
  unknown: string[];
  /** Where they wait, if not at the key server that served the page. */
  at?: AtPeer;
  /** Key servers behind this name that did not answer. */
  silent?: string[];
  announced?: Announced[];
  challengeCreds: { credId: string }[];
  rpId: string;
  now: number;
}

export interface HandedFile {
  name: string;
  mediaType: string;
  base64: string;
}

export interface PageResult {
  hash: string;
  outcome: string;
  code?: string;
  what?: string;
  next?: string;
  leaf?: number;
  have?: number;
  need?: number;
  due?: number;
  files?: readonly HandedFile[];
}

/** An answer that takes longer is lost. */
const LONGEST_ANSWER_MS = 60_000;

/** Speaks to the agent that served this page, and to nobody else. */
export class AgentPage {
  #registration: string | null = null;

  /** The secret that the claim was exchanged for; sent with every later call of the registration. */
  useRegistration(registration: string): void {
    this.#registration = registration;
  }

  get<T>(path: string): Promise<T> {
    return this.#call(path, { method: "GET" });
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.#call(path, { method: "POST", body: JSON.stringify(body) });
  }

  async #call<T>(path: string, init: { method: string; body?: string }): Promise<T> {
    const headers: Record<string, string> = { "holdfast-page": "1" };
    if (init.body !== undefined) headers["content-type"] = "application/json";
    if (this.#registration) headers["holdfast-registration"] = this.#registration;
    const signal = AbortSignal.timeout(LONGEST_ANSWER_MS);
    const always = { headers, signal, credentials: "omit", cache: "no-store", redirect: "error" } as const;
    const response = await fetch(path, { ...init, ...always }).catch(() => null);
    const body = await response?.json().catch(() => null);
    if (!response || (response.ok && !body)) {
      throw new PageRefusal(
        "E_UNREACHABLE",
        "Your key server does not answer.",
        "See that it is running, and try again.",
      );
    }
    if (response.ok) return body as T;
    throw new PageRefusal(
      String(body?.code ?? "E_ANSWER"),
      String(body?.detail ?? body?.title ?? `Your key server answered ${response.status}.`),
      String(body?.next ?? "Load this page again."),
    );
  }
}
