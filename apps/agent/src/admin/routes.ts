import { findBase64url, HoldfastError, parseApproval } from "@holdfast/protocol";
import { keyNamed } from "../admission/keys-named.ts";
import { clientView, keyView, lastUseOf } from "../admission/views.ts";
import type { Agent } from "../agent.ts";
import { SERVER_KEY_KINDS } from "../clients/certificate-request.ts";
import type { InstalledServerCertificate } from "../clients/installed-certificate.ts";
import type { ControlLink } from "../control-link/control-link.ts";
import { refuseSharesInside } from "../custody/inside.ts";
import type { Domain } from "../domain.ts";
import { isServerName } from "../endpoints/server-names.ts";
import { findTextField, flagField, objectField, onlyFields, textField, textsField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import { StoreError } from "../keystore/errors.ts";
import type { AgentPages } from "../local-page/agent-pages.ts";
import { answerDrill, sharesAsked } from "../local-page/share-calls.ts";
import type { AgentNotices } from "../notices/agent-notices.ts";
import { attest } from "../report/attest.ts";
import { makeReport } from "../report/make-report.ts";
import { isLinkEnvelope } from "../roster/link-envelope.ts";
import { decideByRecoveryKey, proposeRecovery, recoveryState } from "../roster/recovery.ts";
import type { ActRequest } from "./answers.ts";
import { readEntries, verifyOwnLog } from "./audit-log.ts";
import { advance, authorityView, isOnOlder } from "./authority-view.ts";
import { consequencesOf } from "./consequences.ts";
import { doctorChecks } from "./doctor-checks.ts";
import { beginDrill, escrowView } from "./escrow-routes.ts";
import { introduce, introductionView, invite } from "./introduction-routes.ts";
import { joinBundle, rootTransfer } from "./join-routes.ts";
import { readKekChoice } from "./kek-choice.ts";
import { controlPlaneChecks } from "./link-checks.ts";
import { makeBackup } from "./make-backup.ts";
import { moveRoute } from "./move-routes.ts";
import { NOTICE_FIELDS, noticeChecks, noticesView, setNotices, showDelivery, tellsPeople } from "./notice-routes.ts";
import { pageDoctorChecks } from "./page-doctor.ts";
import { pageRoutes, pagesView } from "./page-routes.ts";
import { peerDoctorChecks } from "./peer-doctor.ts";
import { productionSteps } from "./production-steps.ts";
import { givenBy, inviteLost } from "./recovery-routes.ts";
import { beginReplacementKey, takeReplacementKey } from "./replacement-key-routes.ts";
import { approveLink, cancelLink, linkAnswer, linkView, proposeLink, rosterView } from "./roster-routes.ts";
import { type AgentPlaces, statusOf } from "./status.ts";
import { offerOf, openImports, takeSealed } from "./transfer-routes.ts";
import { witnessRoutes } from "./witness-routes.ts";

/** What the socket works on. */
export interface AdminSurroundings {
  readonly agent: Agent;
  readonly places: () => AgentPlaces;
  readonly link: ControlLink;
  readonly notices: AgentNotices;
  readonly pages: AgentPages;
}

/** One call of the socket. */
export interface AdminRoute {
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  /** @param word - What the path's group matched. */
  readonly run: (call: JsonCall, word: string) => unknown;
}

const MAX_ENTRIES = 500;
const MAX_KEYS = 50_000;

/** Every call of the administration socket. */
export function adminRoutes(surroundings: AdminSurroundings): readonly AdminRoute[] {
  return [
    ...beforeGenesis(surroundings),
    ...sealing(surroundings),
    ...acts(surroundings),
    ...introductions(surroundings),
    ...recovery(surroundings),
    ...roster(surroundings),
    ...reading(surroundings),
    ...papers(surroundings),
    ...transfers(surroundings),
    ...escrow(surroundings),
    ...certificates(surroundings),
    ...linking(surroundings),
    ...pageRoutes(surroundings),
    moveRoute(() => domainOf(surroundings.agent), surroundings.pages),
    ...witnessRoutes(() => domainOf(surroundings.agent)),
    ...telling(surroundings),
  ];
}

/** What may be said of a change of administrators, rules and key servers. */
const PROPOSED = [
  ...["intros", "groups", "remove", "passkey", "policy", "rule", "renew"],
  ...["removeAgent", "makers", "machines", "removeKeys", "recoveryNeeds", "recoveryDelay"],
];

function beforeGenesis({ agent }: AdminSurroundings): AdminRoute[] {
  const { registration } = agent;
  return [
    get("/v1/registration", () => registration.answer()),
    post("/v1/claim", ["claim"], () => {
      if (agent.tid !== null)
        throw new HttpRefusal(
          409,
          "E_GENESIS",
          "This agent has its administrators already; there is nothing to claim.",
        );
      return registration.newClaim();
    }),
    post("/v1/confirm", ["words", "refuse"], ({ body }) => {
      if (flagField(body, "refuse")) {
        registration.refuse();
        return {};
      }
      return registration.confirm(textField(body, "words", 200));
    }),
  ];
}

function sealing({ agent, places, notices, pages }: AdminSurroundings): AdminRoute[] {
  return [
    get("/v1/status", () => statusOf(agent, places())),
    get("/v1/doctor", async () => ({
      checks: [
        ...doctorChecks(agent, Object.values(places().urls)),
        ...controlPlaneChecks(places().linked),
        ...pageDoctorChecks(pages),
        ...(await peerDoctorChecks(agent, pages)),
        ...noticeChecks(notices),
      ],
    })),
    get("/v1/production", () => ({
      steps: productionSteps(agent, domainOf(agent), {
        tellsPeople: tellsPeople(notices),
        pages: pagesView(pages).pages,
      }),
    })),
    post("/v1/seal", [], () => {
      agent.seal();
      return { sealed: true };
    }),
    post("/v1/unseal", ["passphrase", "share"], async ({ body }) => {
      const share = findTextField(body, "share", 1000);
      const wasSealed = agent.sealed;
      try {
        if (share !== undefined) await agent.giveShare(share);
        else await agent.unseal(findTextField(body, "passphrase"));
      } catch (error) {
        if (error instanceof HoldfastError) agent.refusals.count(String(error.code));
        throw error;
      }
      const { shares } = agent.custody;
      return { sealed: agent.sealed, ...(shares === null ? { wasSealed } : { shares }) };
    }),
    post("/v1/rekey", ["kek", "keyDirectory", "passphrase", "sharesTo"], async ({ body }) => {
      const { dataDirectory } = agent;
      const kek = readKekChoice(objectField(body, "kek"));
      const keyDirectory = textField(body, "keyDirectory", 4096);
      const passphrase = findTextField(body, "passphrase");
      const sharesTo = findTextField(body, "sharesTo", 4096);
      if (sharesTo !== undefined) refuseSharesInside(sharesTo, dataDirectory);
      if (kek.kind === "shares") return agent.stageShares({ threshold: kek.threshold, passphrase });
      const { source, path = null } = await agent.rekey({ kek, passphrase, keyDirectory, dataDirectory });
      return { kek: source.kind, path };
    }),
    post("/v1/rekey/commit", ["ticket"], async ({ body }) => {
      await agent.commitShares(textField(body, "ticket", 64));
      return { kek: agent.custody.kek.kind, set: agent.custody.shareSet };
    }),
    post("/v1/rekey/cancel", ["ticket"], ({ body }) => {
      agent.cancelShares(textField(body, "ticket", 64));
      return { kek: agent.custody.kek.kind };
    }),
    get("/v1/kek", () => domainOf(agent).keks.status()),
    post("/v1/kek/rotate", ["wait"], async ({ body }) => {
      const { keks } = domainOf(agent);
      const begun = keks.rotate();
      if (!flagField(body, "wait")) return begun;
      await keks.settled();
      return keks.status();
    }),
    post("/v1/lock", [], () => {
      const { keystore, executor } = domainOf(agent);
      if (!keystore.domain().locked) executor.lockByHost();
      return { locked: true };
    }),
  ];
}

function acts({ agent }: AdminSurroundings): AdminRoute[] {
  return [
    post("/v1/act", ["act", "key", "client", "args", "reason", "wait"], ({ body, signal }) =>
      domainOf(agent).admission.act(readAct(body), signal),
    ),
    get("/v1/consequences", ({ query }) => {
      const domain = domainOf(agent);
      domain.operations.flushUse();
      const named = (name: string) => query.get(name) ?? "";
      return consequencesOf(domain, {
        act: named("act"),
        key: named("key"),
        client: named("client"),
        issued: named("issued") === "true",
      });
    }),
    post("/v1/envelope", ["envelope"], async ({ body }) => {
      const envelope = findBase64url(textField(body, "envelope", 1_000_000));
      if (envelope === null) throw new HttpRefusal(400, "E_SCHEMA", "The envelope is not base64url.");
      const { admission, links } = domainOf(agent);
      if (isLinkEnvelope(envelope)) return linkAnswer(await links.deliver(envelope, "file"), links);
      const decided = await admission.deliver(envelope, "file");
      return { have: 0, need: 0, ...decided, approveUrl: decided.hash ? admission.approveUrl([decided.hash]) : null };
    }),
    post("/v1/cancel", ["hash"], ({ body }) => {
      const hash = textField(body, "hash", 64);
      const domain = domainOf(agent);
      return domain.links.find(hash) === null ? domain.admission.cancel(hash) : cancelLink(domain, hash);
    }),
    get("/v1/commands", () => {
      const { admission, links } = domainOf(agent);
      const changes = links.pending().map(({ hash, status, old, exp }) => {
        return { hash, title: "administrators and rules", status, ...old, exp, approveUrl: links.approveUrl(hash) };
      });
      const commands = admission.pending().map(({ hash, command, status, have, need, exp }) => ({
        hash,
        title: command.act,
        status,
        have,
        need,
        exp,
        approveUrl: admission.approveUrl([hash]),
      }));
      return { commands: [...commands, ...changes] };
    }),
    get("/v1/commands/([^/]+)/envelope", (_call, hash) => {
      const { admission, links } = domainOf(agent);
      const found = admission.find(hash) ?? links.find(hash);
      const envelope = admission.envelope(hash) ?? links.envelope(hash);
      if (found === null || envelope === null)
        throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such command or change at this key server.");
      return { hash, status: found.status, envelope };
    }),
  ];
}

function introductions({ agent }: AdminSurroundings): AdminRoute[] {
  return [
    post("/v1/introductions/invite", ["kind", "label", "adm", "hosted", "seconds"], ({ body }) =>
      invite(domainOf(agent), body, agent.pageOrigins),
    ),
    post("/v1/introductions", ["kind", "label", "offer"], ({ body }) => introduce(domainOf(agent), body)),
    get("/v1/introductions", () => {
      const { introductions: taken, invitations } = domainOf(agent);
      return { introductions: taken.all().map(introductionView), invitations: invitations.open() };
    }),
    post("/v1/introductions/remove", ["hash"], ({ body }) => {
      domainOf(agent).introductions.remove(textField(body, "hash", 64));
      return {};
    }),
  ];
}

function recovery({ agent }: AdminSurroundings): AdminRoute[] {
  return [
    get("/v1/recovery", () => recoveryState(domainOf(agent))),
    post("/v1/recovery/invite", ["who"], ({ body }) => inviteLost(domainOf(agent), body, agent.pageOrigin)),
    post("/v1/recovery/key/begin", ["label"], ({ body }) => beginReplacementKey(agent, domainOf(agent), body)),
    post("/v1/recovery/key", ["invitation", "cose", "sig"], ({ body }) =>
      takeReplacementKey(agent, domainOf(agent), body),
    ),
    get("/v1/recovery/given/([A-Za-z0-9_-]{8,64})", (_call, word) => givenBy(domainOf(agent), word)),
    post("/v1/recovery/propose", ["intros"], ({ body }) =>
      proposeRecovery(domainOf(agent), textsField(body, "intros", 32)),
    ),
    post("/v1/recovery/decide", ["approval"], ({ body }) =>
      decideByRecoveryKey(domainOf(agent), parseApproval(objectField(body, "approval"))),
    ),
  ];
}

function roster({ agent }: AdminSurroundings): AdminRoute[] {
  return [
    get("/v1/roster", () => rosterView(domainOf(agent))),
    post("/v1/restore/links", ["links"], ({ body }) => {
      const { links } = body;
      if (!Array.isArray(links)) throw new HttpRefusal(400, "E_SCHEMA", "links is a list.");
      return domainOf(agent).links.learn(links);
    }),
    post("/v1/roster/propose", PROPOSED, ({ body }) => proposeLink(domainOf(agent), body)),
    post("/v1/roster/approve", ["hash"], ({ body }) => approveLink(domainOf(agent), textField(body, "hash", 64))),
    get("/v1/join-bundle", () => joinBundle(domainOf(agent))),
    post("/v1/root-transfer", ["aid"], ({ body }) => rootTransfer(agent, textField(body, "aid", 64))),
    get("/v1/roster/links/([A-Za-z0-9_-]{43})", (_call, hash) => {
      const { links } = domainOf(agent);
      const found = links.find(hash);
      if (found === null) throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such change at this agent.");
      return { ...linkView(found, links), envelope: links.envelope(hash) };
    }),
  ];
}

function reading({ agent }: AdminSurroundings): AdminRoute[] {
  return [
    get("/v1/keys", ({ query }) => {
      const domain = domainOf(agent);
      const place = placeOf(domain);
      const [from, limit] = [numberOf(query, "from", 0), numberOf(query, "limit", MAX_KEYS)];
      const asked = [...domain.keystore.keys()].slice(from, from + Math.min(limit, MAX_KEYS));
      return { keys: asked.map((key) => keyView(key, place)) };
    }),
    get("/v1/keys/([^/]+)", (_call, word) => {
      const domain = domainOf(agent);
      return keyView(findKey(domain, decodeWord(word)), placeOf(domain));
    }),
    get("/v1/refusals", () => ({ refusals: agent.refusals.all() })),
    get("/v1/clients", () => {
      const { keystore } = domainOf(agent);
      const { generations } = domainOf(agent).authority;
      const isChanging = generations.trusted.length > 1;
      const clients = [...keystore.clients()].map((client) => {
        const view = clientView(client, lastUseOf(keystore, client.id), keystore);
        return isChanging ? { ...view, authority: isOnOlder(generations, client) ? "older" : "newest" } : view;
      });
      return { clients };
    }),
    get("/v1/log", async ({ query }) => {
      const domain = domainOf(agent);
      const { log } = domain;
      const last = numberOf(query, "last", 0);
      const from = last > 0 ? Math.max(0, log.size - last) : numberOf(query, "from", 0);
      const limit = Math.min(last > 0 ? last : numberOf(query, "limit", MAX_ENTRIES), MAX_ENTRIES);
      return { entries: await readEntries(domain, from, limit) };
    }),
    get("/v1/log/checkpoint", () => {
      const { log } = domainOf(agent);
      return { checkpoint: log.checkpoint(), size: log.size };
    }),
    post("/v1/audit/verify", [], () => verifyOwnLog(domainOf(agent))),
  ];
}

function transfers({ agent }: AdminSurroundings): AdminRoute[] {
  return [
    get("/v1/imports", () => openImports(domainOf(agent))),
    get("/v1/imports/([A-Za-z0-9_-]{43})", (_call, word) => offerOf(domainOf(agent), word)),
    post("/v1/imports/([A-Za-z0-9_-]{43})/end", [], (_call, word) => {
      domainOf(agent).transfers.end(word);
      return { ended: word };
    }),
    post("/v1/imports/sealed", ["sealed", "label"], ({ body }) => takeSealed(domainOf(agent), body)),
  ];
}

/** What is shown of use is shown as of now, not of a minute ago. */
function placeOf({ keystore, guard, operations }: Domain): { keystore: Domain["keystore"]; now: number } {
  operations.flushUse();
  return { keystore, now: guard.time() };
}

function papers({ agent }: AdminSurroundings): AdminRoute[] {
  return [
    post("/v1/attest", ["nonce"], ({ body }) => {
      const domain = domainOf(agent);
      const nonce = textField(body, "nonce", 256);
      if ((findBase64url(nonce)?.length ?? 0) < 16)
        throw new HttpRefusal(400, "E_SCHEMA", "nonce is not base64url of 16 bytes or more.");
      domain.executor.recordHostEvent("attest", {});
      return { attest: attest(domain, nonce) };
    }),
    post("/v1/report", [], async () => ({ files: (await makeReport(domainOf(agent))).files })),
    post("/v1/backups", [], () => domainOf(agent).backups.backUpNow()),
    post("/v1/backup", ["path"], ({ body }) => makeBackup(agent, domainOf(agent), textField(body, "path"))),
  ];
}

function escrow({ agent }: AdminSurroundings): AdminRoute[] {
  return [
    get("/v1/escrow", () => escrowView(domainOf(agent))),
    post("/v1/escrow/drill", ["path", "reason"], ({ body }) =>
      beginDrill(agent, domainOf(agent), textField(body, "path"), findTextField(body, "reason") ?? ""),
    ),
    get("/v1/escrow/asked", () => sharesAsked(agent, agent.pageOrigin ?? "http://none.invalid")),
    post("/v1/escrow/answer", ["drill", "seat", "answer"], ({ body }) => answerDrill(agent, body)),
  ];
}

function certificates({ agent }: AdminSurroundings): AdminRoute[] {
  const shown = ({ names, notAfter, certPem }: InstalledServerCertificate) => ({ names, notAfter, chain: certPem });
  return [
    get("/v1/server-certificate", () => {
      const { current } = domainOf(agent).installed;
      return { installed: current === null ? null : shown(current) };
    }),
    post("/v1/server-certificate/request", ["names", "key"], async ({ body }) => {
      const names = body["names"];
      const key = SERVER_KEY_KINDS.find((kind) => kind === textField(body, "key", 16));
      if (!Array.isArray(names) || names.length === 0 || names.length > 32 || !names.every(isServerName))
        throw new HttpRefusal(400, "E_SCHEMA", "names are host names or addresses, 1 to 32 of them.");
      if (key === undefined) throw new HttpRefusal(400, "E_SCHEMA", `key is ${SERVER_KEY_KINDS.join(" or ")}.`);
      return { csr: await domainOf(agent).installed.request(names.map(String), key) };
    }),
    post("/v1/server-certificate/install", ["chain"], async ({ body }) => {
      const { installed } = domainOf(agent);
      return { installed: shown(await installed.install(textField(body, "chain", 65_536))) };
    }),
    get("/v1/authority", () => authorityView(domainOf(agent))),
    post("/v1/authority/begin", [], async () => {
      await domainOf(agent).authority.generations.begin();
      return authorityView(domainOf(agent));
    }),
    post("/v1/authority/switch", ["force"], ({ body }) =>
      advance(domainOf(agent), "switched", flagField(body, "force")),
    ),
    post("/v1/authority/finish", ["force"], ({ body }) =>
      advance(domainOf(agent), "finished", flagField(body, "force")),
    ),
    post("/v1/server-certificate/remove", [], () => {
      domainOf(agent).installed.remove();
      return { installed: null };
    }),
  ];
}

function linking({ agent, link }: AdminSurroundings): AdminRoute[] {
  return [
    post("/v1/link/preview", ["token"], ({ body }) => link.preview(textField(body, "token"))),
    post("/v1/link", ["token"], ({ body }) => {
      if (domainOf(agent).local)
        throw new StoreError(
          "E_LOCAL_ADMIN",
          "A domain with a local administrator links once people with passkeys stand in its place.",
        );
      return link.link(textField(body, "token"));
    }),
    post("/v1/unlink", [], () => link.unlink()),
  ];
}

function telling({ agent, notices }: AdminSurroundings): AdminRoute[] {
  return [
    get("/v1/notices", () => noticesView(notices)),
    post("/v1/notices/set", NOTICE_FIELDS, ({ body }) => setNotices(notices, body, agent.clock.now())),
    post("/v1/notices/test", [], async () => ({ deliveries: (await notices.test()).map(showDelivery) })),
    post("/v1/notices/off", [], () => {
      notices.configure(null);
      return noticesView(notices);
    }),
  ];
}

function get(path: string, run: AdminRoute["run"]): AdminRoute {
  return { method: "GET", path: new RegExp(`^${path}$`), run };
}

function post(path: string, fields: readonly string[], run: AdminRoute["run"]): AdminRoute {
  return {
    method: "POST",
    path: new RegExp(`^${path}$`),
    run(call, word) {
      onlyFields(call.body, fields);
      return run(call, word);
    },
  };
}

/** @throws {@link StoreError} `E_SEALED`, `E_GENESIS` before the domain exists */
function domainOf(agent: Agent): Domain {
  if (agent.domain !== null) return agent.domain;
  if (agent.sealed) throw new StoreError("E_SEALED");
  throw new StoreError(
    "E_GENESIS",
    "There is no domain yet: register its first administrator at the page (`holdfast-agent claim`).",
  );
}

function readAct(body: JsonCall["body"]): ActRequest {
  const key = findTextField(body, "key", 256);
  const client = findTextField(body, "client", 256);
  return {
    act: textField(body, "act", 32),
    args: objectField(body, "args"),
    reason: findTextField(body, "reason", 1000) ?? "",
    wait: flagField(body, "wait"),
    ...(key === undefined ? {} : { key }),
    ...(client === undefined ? {} : { client }),
  };
}

function findKey({ keystore }: Domain, word: string) {
  const found = keyNamed(word, keystore);
  if (found) return found;
  throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such key.");
}

/** @throws {@link HttpRefusal} `E_SCHEMA` */
function decodeWord(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    throw new HttpRefusal(400, "E_SCHEMA", "The address of the call is none.");
  }
}

function numberOf(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  if (!/^\d{1,15}$/.test(text)) throw new HttpRefusal(400, "E_SCHEMA", `${name} is not a number.`);
  return Number(text);
}
