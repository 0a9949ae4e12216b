import { agentRouter } from "./agent/router.ts";
import { annotationRouter } from "./annotation/router.ts";
import { clientRouter } from "./client/router.ts";
import { commandRouter } from "./command/router.ts";
import { environmentRouter } from "./environment/router.ts";
import { eventsRouter } from "./events/router.ts";
import { keyRouter } from "./key/router.ts";
import { logRouter } from "./log/router.ts";
import { noticeRouter } from "./notice/router.ts";
import { passkeyRouter } from "./passkey/router.ts";
import { reportRouter } from "./report/router.ts";
import { rosterRouter } from "./roster/router.ts";
import { sessionRouter } from "./session/router.ts";
import { signInRouter } from "./sign-in/router.ts";
import { signUpRouter } from "./sign-up/router.ts";
import { storedRouter } from "./stored/router.ts";
import { tenantRouter } from "./tenant/router.ts";
import { t } from "./trpc.ts";

/** Everything the dashboard can ask its server. */
export const appRouter = t.router({
  signUp: signUpRouter,
  signIn: signInRouter,
  session: sessionRouter,
  passkey: passkeyRouter,
  tenant: tenantRouter,
  environment: environmentRouter,
  agent: agentRouter,
  key: keyRouter,
  client: clientRouter,
  command: commandRouter,
  roster: rosterRouter,
  log: logRouter,
  annotation: annotationRouter,
  report: reportRouter,
  notice: noticeRouter,
  stored: storedRouter,
  events: eventsRouter,
});

export type AppRouter = typeof appRouter;
