import { findBase64url, parseApproval } from "@holdfast/protocol";
import { findTextField, flagField, objectField, textField, textsField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import { StoreError } from "../keystore/errors.ts";
import { answerDrill, sharesAsked } from "../local-page/share-calls.ts";
import { attest } from "../report/attest.ts";
import { makeReport } from "../report/make-report.ts";
import { decideByRecoveryKey, proposeRecovery, recoveryState } from "../roster/recovery.ts";
import { actRoutes } from "./act-routes.ts";
import { type AdminRoute, type AdminSurroundings, domainOf, get, post } from "./admin-route.ts";
import { certificateRoutes } from "./certificate-routes.ts";
import { beginDrill, escrowView } from "./escrow-routes.ts";
import { introduce, introductionView, invite } from "./introduction-routes.ts";
import { joinBundle, rootTransfer } from "./join-routes.ts";
import { makeBackup } from "./make-backup.ts";
import { moveRoute } from "./move-routes.ts";
import { NOTICE_FIELDS, noticesView, setNotices, showDelivery } from "./notice-routes.ts";
import { pageRoutes } from "./page-routes.ts";
import { readingRoutes } from "./reading-routes.ts";
import { givenBy, inviteLost } from "./recovery-routes.ts";
import { beginReplacementKey, takeReplacementKey } from "./replacement-key-routes.ts";
import { approveLink, linkView, proposeLink, rosterView } from "./roster-routes.ts";
import { sealingRoutes } from "./sealing-routes.ts";
import { offerOf, openImports, takeSealed } from "./transfer-routes.ts";
import { witnessRoutes } from "./witness-routes.ts";

/** Every call of the administration socket. */
export function adminRoutes(surroundings: AdminSurroundings): readonly AdminRoute[] {
  return [
    ...beforeGenesis(surroundings),
    ...sealingRoutes(surroundings),
    ...actRoutes(surroundings),
    ...introductions(surroundings),
    ...recovery(surroundings),
    ...roster(surroundings),
    ...readingRoutes(surroundings),
    ...papers(surroundings),
    ...transfers(surroundings),
    ...escrow(surroundings),
    ...certificateRoutes(surroundings),
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
