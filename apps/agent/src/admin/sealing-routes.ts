import { HoldfastError } from "@holdfast/protocol";
import { refuseSharesInside } from "../custody/inside.ts";
import { findTextField, flagField, objectField, textField } from "../json-http/fields.ts";
import { type AdminRoute, type AdminSurroundings, domainOf, get, post } from "./admin-route.ts";
import { doctorChecks } from "./doctor-checks.ts";
import { readKekChoice } from "./kek-choice.ts";
import { controlPlaneChecks } from "./link-checks.ts";
import { noticeChecks, tellsPeople } from "./notice-routes.ts";
import { pageDoctorChecks } from "./page-doctor.ts";
import { pagesView } from "./page-routes.ts";
import { peerDoctorChecks } from "./peer-doctor.ts";
import { productionSteps } from "./production-steps.ts";
import { statusOf } from "./status.ts";

/** Calls about the host's own: how it is, and what opens and locks it. */
export function sealingRoutes({ agent, places, notices, pages }: AdminSurroundings): AdminRoute[] {
  return [
    get("/v1/status", () => statusOf(agent, places())),
    get("/v1/doctor", async () => {
      const [peers] = await Promise.all([peerDoctorChecks(agent, pages), agent.domain?.backups.lookNow()]);
      return {
        checks: [
          ...doctorChecks(agent, Object.values(places().urls)),
          ...controlPlaneChecks(places().linked),
          ...pageDoctorChecks(pages),
          ...peers,
          ...noticeChecks(notices),
        ],
      };
    }),
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
      const made = await agent.rekey({ kek, passphrase, keyDirectory, dataDirectory });
      const { source, path = null, inToken = null } = made;
      return { kek: source.kind, path, inToken };
    }),
    post("/v1/rekey/commit", ["ticket"], async ({ body }) => {
      const inToken = await agent.commitShares(textField(body, "ticket", 64));
      return { kek: agent.custody.kek.kind, set: agent.custody.shareSet, inToken };
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
