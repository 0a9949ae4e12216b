import type { X509Certificate } from "node:crypto";
import { askOcsp, responderOf } from "./ask-ocsp.ts";
import type { Issuer } from "./issuers.ts";
import type { OcspAnswer } from "./ocsp-response.ts";

/** How responders are asked. */
export interface OcspRules {
  /** The responder for all; null where each certificate names its own. */
  readonly url: string | null;
  /** Whether a certificate passes while no believable answer is to be had. */
  readonly acceptUnanswered: boolean;
  /** Unix seconds. */
  readonly now: () => number;
  /** Told when what is known of a certificate has changed. */
  readonly changed: () => void;
}

type Status = OcspAnswer["status"] | "unanswered";
interface Known {
  readonly status: Status;
  /** Unix seconds: when it is asked anew, and until when it counts. */
  readonly askAt: number;
  readonly until: number;
}

const LONGEST_SECONDS = 3600;
const OPEN_ENDED_SECONDS = 300;
/** Nobody is asked more often than this where no answer comes. */
const RETRY_SECONDS = 10;
const MOST = 8_192;

/** What responders have said, for as long as they said and an hour at most; asked anew well before that ends. */
export class OcspAnswers {
  readonly #rules: OcspRules;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<void>>();
  /** Questions that got no believable answer. */
  unanswered = 0;

  constructor(rules: OcspRules) {
    this.#rules = rules;
  }

  /** What is known now; asks where it is time. `waiting` where nothing is known yet. @param digest - Names the certificate. */
  verdict(digest: string, certificate: X509Certificate, issuer: Issuer): "good" | "revoked" | "unknown" | "waiting" {
    const { now, acceptUnanswered } = this.#rules;
    const known = this.#known.get(digest);
    if (known === undefined || now() >= known.askAt) void this.ready(digest, certificate, issuer);
    if (known === undefined || now() > known.until) return "waiting";
    if (known.status === "unanswered") return acceptUnanswered ? "good" : "unknown";
    return known.status;
  }

  /** Resolves when something is known. */
  ready(digest: string, certificate: X509Certificate, issuer: Issuer): Promise<void> {
    const known = this.#asking.get(digest);
    if (known !== undefined) return known;
    const asking = this.#ask(digest, certificate, issuer).finally(() => this.#asking.delete(digest));
    this.#asking.set(digest, asking);
    return asking;
  }

  async #ask(digest: string, certificate: X509Certificate, issuer: Issuer): Promise<void> {
    const { now, url, changed } = this.#rules;
    const responder = url ?? responderOf(certificate);
    const answer = responder === null ? null : await askOcsp(responder, { certificate, issuer, now });
    if (answer === null) this.unanswered += 1;
    const before = this.#known.get(digest);
    const next = answer === null ? unanswered(before, now()) : answered(answer, now());
    this.#known.delete(digest);
    this.#known.set(digest, next);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
    if (before !== undefined && before.status !== next.status) changed(); // the first is waited for, and told in words
  }
}

function answered({ status, nextUpdate }: OcspAnswer, now: number): Known {
  const until = Math.min(nextUpdate ?? now + OPEN_ENDED_SECONDS, now + LONGEST_SECONDS);
  return { status, until, askAt: now + Math.max(1, (until - now) / 2) };
}

/** An answer that still counts is kept until its end; without one there is none. */
function unanswered(before: Known | undefined, now: number): Known {
  const askAt = now + RETRY_SECONDS;
  if (before !== undefined && before.status !== "unanswered" && now <= before.until) return { ...before, askAt };
  return { status: "unanswered", askAt, until: Number.MAX_SAFE_INTEGER };
}
