import type { Route } from "../http/agent-request.ts";
import { approvals } from "./approvals.ts";
import { commands } from "./commands.ts";
import { introductions } from "./introductions.ts";
import { links } from "./links.ts";
import { log } from "./log.ts";
import { logState } from "./log-state.ts";
import { poll } from "./poll.ts";
import { reportPart } from "./report-part.ts";
import { reports } from "./reports.ts";
import { requestDone } from "./request-done.ts";
import { roster } from "./roster.ts";
import { rosterSince } from "./roster-since.ts";
import { status } from "./status.ts";
import { unlink } from "./unlink.ts";

/** Everything that an enrolled agent can ask, by path. Enrolment itself is in http/answer-request.ts. */
export const ROUTES: Readonly<Record<string, Route>> = {
  "/v1/poll": poll,
  "/v1/commands": commands,
  "/v1/approvals": approvals,
  "/v1/links": links,
  "/v1/introductions": introductions,
  "/v1/log/state": logState,
  "/v1/roster": roster,
  "/v1/roster/since": rosterSince,
  "/v1/log": log,
  "/v1/reports": reports,
  "/v1/reports/part": reportPart,
  "/v1/requests/done": requestDone,
  "/v1/status": status,
  "/v1/unlink": unlink,
};

export const ENROL = "/v1/enrol";
