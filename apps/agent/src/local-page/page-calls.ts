import { findBase64url, HoldfastError, isLocalDomain, isName, wordsOf } from "@holdfast/protocol";
import { lastBackupOf, restoredOf } from "../admin/status.ts";
import type { PendingCommand } from "../admission/pending-command.ts";
import type { Agent } from "../agent.ts";
import type { Domain } from "../domain.ts";
import { objectField, onlyFields, textField, textsField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import { hasPasskeyAt, passkeysAt } from "../roster/passkeys-at.ts";
import { type CommandLineAs, spellCommand } from "../spell-command.ts";
import type { HandOver } from "./hand-over.ts";
import { introduce, introduceAdministrator, introduceReplacementKey, openInvitation } from "./introduction-calls.ts";
import { announcedLinks, decideLink, showLink } from "./link-calls.ts";
import type { PageChecks } from "./page-checks.ts";
import { domainOf } from "./page-domain.ts";
import { PageError } from "./page-error.ts";
import { recovery, signRecovery } from "./recovery-calls.ts";
import { answerDrill, sharesAsked } from "./share-calls.ts";
import { targetAsKnown } from "./target-as-known.ts";

/** The most commands that one touch decides on. */
const MAX_COMMANDS = 50;
const HASH = /^[A-Za-z0-9_-]{43}$/;
/** Header with the secret that the claim was exchanged for. */
const REGISTRATION_HEADER = "holdfast-registration";

type PageCall = (call: JsonCall) => unknown;

/** What one address of the page answers with. */
interface PageParts {
  readonly agent: Agent;
  /** The page's own origin, by the agent's settings: never by a request. */
  readonly origin: string;
  readonly handOver: HandOver;
  readonly commandLine: CommandLineAs;
  readonly checks: PageChecks | null;
}

/** Every call the page makes, by method and path. */
export function pageCalls(parts: PageParts): ReadonlyMap<string, PageCall> {
  const { agent, origin, handOver, checks } = parts;
  return new Map<string, PageCall>([
    ["GET /page/hello", () => hello(parts)],
    ["POST /page/check", (call) => check(checks, origin, call)],
    [
      "POST /page/claim",
      ({ body }) => {
        onlyFields(body, ["claim"]);
        return agent.registration.openClaim(textField(body, "claim", 64));
      },
    ],
    [
      "POST /page/token",
      (call) => {
        onlyFields(call.body, ["token"]);
        if (call.body.token === null) return agent.registration.dropToken(registrationOf(call));
        return agent.registration.useToken(registrationOf(call), textField(call.body, "token", 4096));
      },
    ],
    ["POST /page/unseal", (call) => unseal(agent, call)],
    ["POST /page/register", (call) => register(agent, call)],
    ["GET /page/registration", (call) => ({ state: agent.registration.stateFor(registrationOf(call)) })],
    ["GET /page/commands", ({ query }) => commands(agent, origin, readHashes((query.get("hashes") ?? "").split(".")))],
    ["GET /page/links", ({ query }) => showLink(agent, origin, query.get("hash") ?? "")],
    ["POST /page/link", ({ body }) => decideLink(agent, body)],
    ["POST /page/approve", ({ body }) => decide(agent, handOver, body)],
    ["GET /page/shares", () => sharesAsked(agent, origin)],
    ["POST /page/answer", ({ body }) => answerDrill(agent, body)],
    ["POST /page/invitation", ({ body }) => openInvitation(agent, origin, body)],
    ["POST /page/introduction", ({ body }) => introduce(agent, body)],
    ["POST /page/administrator", ({ body }) => introduceAdministrator(agent, origin, body)],
    ["POST /page/replacement-key", ({ body }) => introduceReplacementKey(agent, body)],
    ["GET /page/recovery", () => recovery(agent, origin)],
    ["POST /page/recovery/sign", ({ body }) => signRecovery(agent, body)],
    ["POST /page/handover", ({ body }) => handOverAgain(handOver, body)],
  ]);
}

/** What anybody who can load the page may know. */
function hello({ agent, origin, commandLine }: PageParts) {
  const { tid, domain } = agent;
  const roster = domain?.rosters.current().roster;
  const elsewhere = agent.pageOrigins.filter((each) => each !== origin);
  return {
    name: agent.name,
    aid: agent.identity.aid,
    tid,
    now: agent.clock.now(),
    sealed: agent.sealed,
    ...(agent.sealed && agent.custody.shares !== null ? { shares: agent.custody.shares } : {}),
    oneAdministrator: (roster?.admins.length ?? 1) === 1,
    /** Where else the page is served: somebody whose passkey is of another address goes there. */
    ...(elsewhere.length === 0 || roster === undefined || isLocalDomain(roster)
      ? {}
      : { elsewhere, here: hasPasskeyAt(roster, origin) }),
    ...(tid === null ? {} : { words: wordsOf(tid) }),
    ...commandsNeeded(agent, commandLine),
  };
}

/** A browser that was sent here by the console proves what it found. @throws {@link PageError} `E_PAGE_CHECK` */
function check(checks: PageChecks | null, origin: string, { body, request }: JsonCall) {
  onlyFields(body, ["word", "origin"]);
  const [word, said] = [textField(body, "word", 64), textField(body, "origin", 300)];
  if (checks === null) throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such page or call.");
  return checks.take(origin, said, word, request);
}

/** Takes one custodian's share of a sealed agent; an open one takes none here. */
async function unseal(agent: Agent, { body, request }: JsonCall) {
  onlyFields(body, ["share"]);
  if (!agent.sealed) throw new HttpRefusal(409, "E_SHARES_NEEDED", "This key server is open: it needs no share.");
  try {
    await agent.giveShare(textField(body, "share", 1000), request.socket.remoteAddress ?? "unknown");
    const { sealed } = agent;
    const { shares } = agent.custody;
    return { sealed, ...(shares === null ? {} : { shares }) };
  } catch (error) {
    if (error instanceof HoldfastError) agent.refusals.count(String(error.code));
    throw error;
  }
}

/** What only the console can do before there is a domain or while sealed, as it works there; nothing afterwards. */
function commandsNeeded({ tid, sealed }: Agent, commandLine: CommandLineAs) {
  const names = sealed ? ["unseal"] : tid === null ? ["claim", "confirm"] : [];
  if (names.length === 0) return {};
  return { commands: Object.fromEntries(names.map((name) => [name, spellCommand(name, commandLine)])) };
}

async function register(agent: Agent, call: JsonCall) {
  const { body } = call;
  onlyFields(body, ["label", "attestation", "possession", "recovery"]);
  const [attestation, possession, recovery] = ["attestation", "possession", "recovery"].map((name) =>
    objectField(body, name),
  ) as [JsonCall["body"], JsonCall["body"], JsonCall["body"]];
  onlyFields(attestation, ["clientDataJSON", "attestationObject"]);
  onlyFields(possession, ["credId", "clientDataJSON", "authData", "sig"]);
  onlyFields(recovery, ["cose", "sig"]);
  const label = textField(body, "label", 64).normalize("NFC");
  if (!isName(label)) throw new HttpRefusal(400, "E_SCHEMA", "The name holds characters that no name has.");
  const long = 32_768;
  await agent.registration.register(registrationOf(call), {
    label,
    attestation: {
      clientDataJSON: textField(attestation, "clientDataJSON", long),
      attestationObject: textField(attestation, "attestationObject", long),
    },
    possession: {
      credId: textField(possession, "credId"),
      clientDataJSON: textField(possession, "clientDataJSON", long),
      authData: textField(possession, "authData", long),
      sig: textField(possession, "sig"),
    },
    recovery: { cose: textField(recovery, "cose", 256), sig: textField(recovery, "sig", 256) },
  });
  return { state: "waiting" };
}

/** Commands as the page shows them: their bytes, and everything else from this agent's own state. */
function commands(agent: Agent, origin: string, hashes: readonly string[]) {
  const domain = domainOf(agent);
  domain.operations.flushUse(); // who uses a key is shown as of now, not of a minute ago
  const found = hashes.map((hash) => domain.admission.find(hash));
  const { roster } = domain.rosters.current();
  // Whoever knows no request is told of none, nor whose passkeys there are.
  const isTold = found.some((each) => each !== null);
  return {
    commands: found.filter((each) => each !== null).map((each) => describe(domain, each)),
    unknown: hashes.filter((_, index) => found[index] === null),
    announced: isTold ? announcedLinks(domain) : [],
    challengeCreds: isTold ? passkeysAt(roster, origin).map((credId) => ({ credId })) : [],
    rpId: new URL(origin).hostname,
    now: domain.guard.time(),
  };
}

function describe(domain: Domain, pending: PendingCommand) {
  const { hash, doc, words, need, have, delaySec, approvals, dryRun, status, due, intros } = pending;
  const target = targetAsKnown(domain, pending.command, lastBackupOf(domain));
  return {
    ...{ hash, doc, words, approvals, dryRun, status, due, intros },
    policy: { m: need, have, delaySec, channelOk: true },
    ...(target === null ? {} : { target }),
    ...(pending.command.act === "restore.accept" ? { restored: restoredOf(domain) } : {}),
  };
}

async function decide(agent: Agent, handOver: HandOver, body: JsonCall["body"]) {
  onlyFields(body, ["approval", "handover"]);
  const approval = objectField(body, "approval");
  onlyFields(approval, ["decision", "list", "credId", "clientDataJSON", "authData", "sig"]);
  const { decision } = approval;
  if (decision !== 1 && decision !== 2) throw new HttpRefusal(400, "E_SCHEMA", "decision is neither 1 nor 2.");
  const list = readHashes(textsField(approval, "list", MAX_COMMANDS));
  const secretHash = textField(objectField(body, "handover"), "secretHash", 64);
  if (!HASH.test(secretHash)) throw new HttpRefusal(400, "E_SCHEMA", "secretHash is not the hash of a secret.");
  const long = 32_768;
  const assertion = {
    credId: textField(approval, "credId"),
    clientDataJSON: textField(approval, "clientDataJSON", long),
    authData: textField(approval, "authData", long),
    sig: textField(approval, "sig"),
  };
  const results = await domainOf(agent).admission.decide({ decision, list, assertion });
  handOver.keep(secretHash, new Map(results.flatMap(({ hash, files }) => (files ? [[hash, files] as const] : []))));
  return { results };
}

function handOverAgain(handOver: HandOver, body: JsonCall["body"]) {
  onlyFields(body, ["secret"]);
  const secret = findBase64url(textField(body, "secret", 64));
  const files = secret?.length === 32 ? handOver.find(secret) : null;
  if (!files)
    throw new PageError(
      "E_HANDOVER",
      "These files are not here (any more).",
      "Enrol the client anew; the old one can be withdrawn.",
    );
  return { results: [...files].map(([hash, each]) => ({ hash, files: each })) };
}

function registrationOf({ request }: JsonCall): string {
  const value = request.headers[REGISTRATION_HEADER];
  return typeof value === "string" ? value : "";
}

function readHashes(hashes: readonly string[]): readonly string[] {
  const good =
    hashes.length <= MAX_COMMANDS && hashes.every((hash) => HASH.test(hash)) && new Set(hashes).size === hashes.length;
  if (!good) throw new HttpRefusal(400, "E_SCHEMA", `Give 1 to ${MAX_COMMANDS} different command hashes.`);
  return hashes;
}
