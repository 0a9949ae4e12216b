import { type Approval, HoldfastError, quorumFor, wordsOf } from "@holdfast/protocol";
import { explainRefusal } from "../admission/errors.ts";
import type { Receiving } from "../custody/escrow/receiving.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import type { Logger } from "../logger.ts";
import type { PageCertificate } from "./page-certificate.ts";
import { readApproval } from "./read-approval.ts";
import { readGivenShare } from "./read-share.ts";
import { type PageCall, servePage } from "./serve-page.ts";

/** How the page of an agent that waits for shares is served. */
export interface ReceivingPageOptions {
  readonly receiving: Receiving;
  readonly listen: string;
  readonly origin: string;
  readonly name: string;
  readonly logger: Logger;
  /** Unix seconds. */
  readonly now: () => number;
  /** Of the page's own name; without it somebody in front of it speaks TLS. */
  readonly certificate?: PageCertificate | null;
}

/**
 * Serves the page of an agent that waits for a backup's key: administrators approve the release there, custodians give their
 * shares. It has nothing else yet.
 */
export async function startReceivingPage(options: ReceivingPageOptions): Promise<Listener> {
  const { listen, origin, logger, certificate = null } = options;
  const calls = receivingCalls(options);
  const page = await servePage({ listen, origin, logger, certificate, calls, countRefusal: () => undefined });
  return {
    url: page.url,
    close() {
      certificate?.close();
      return page.close();
    },
  };
}

function receivingCalls({ receiving, origin, name, now }: ReceivingPageOptions): ReadonlyMap<string, PageCall> {
  const { tid, words, releaseCmd, roster } = receiving;
  const hello = {
    ...{ name, aid: "", tid, sealed: false, words },
    oneAdministrator: roster.admins.length === 1,
    receiving: { release: releaseCmd },
  };
  const rpId = new URL(origin).hostname;
  const credentials = roster.admins
    .flatMap(({ creds }) => creds)
    .filter((each) => "origin" in each && each.origin === origin)
    .map(({ credId }) => ({ credId }));
  return new Map<string, PageCall>([
    ["GET /page/hello", () => hello],
    [
      "GET /page/commands",
      ({ query }) => {
        const asked = (query.get("hashes") ?? "").split(".");
        const isAsked = asked.includes(releaseCmd);
        return {
          commands: isAsked ? [describeRelease(receiving)] : [],
          unknown: asked.filter((hash) => hash !== releaseCmd),
          ...{ challengeCreds: credentials, rpId, now: now() },
        };
      },
    ],
    ["POST /page/approve", async ({ body }) => ({ results: [await decide(receiving, readApproval(body))] })],
    ["GET /page/shares", () => ({ kind: "release", rpId, order: receiving.order, progress: receiving.progress() })],
    ["POST /page/share", async ({ body }) => ({ progress: await receiving.take(readGivenShare(body)) })],
  ]);
}

function describeRelease({ releaseCmd: hash, doc, roster, approvals }: Receiving) {
  const { m, delaySec } = quorumFor(roster, "escrow.release");
  const people = roster.admins.filter(({ creds }) =>
    creds.some(({ credId }) => approvals.some((approval) => approval.credId === credId)),
  );
  return {
    ...{ hash, doc, words: wordsOf(hash), due: null, intros: [] },
    status: people.length >= m ? "applied" : "pending",
    dryRun: { ok: true },
    approvals: people.map(({ adm, label }) => ({ adm, label, at: 0 })),
    policy: { m, have: people.length, delaySec, channelOk: true },
  };
}

async function decide(receiving: Receiving, approval: Approval) {
  const hash = receiving.releaseCmd;
  try {
    const { have, need } = await receiving.approve(approval);
    return { hash, outcome: have >= need ? "applied" : "pending", have, need };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { hash, outcome: "refused", code: error.code, what: error.message, next: explainRefusal(error.code).next };
  }
}
