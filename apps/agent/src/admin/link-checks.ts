import type { DoctorCheck, StatusAnswer } from "./answers.ts";
import { good, timeOf, warning } from "./check-words.ts";

const NAME = "control plane";
const DOCS = "docs/operate/lost-dashboard.md";

/** Whether the control plane that the agent reports to is to be had; nothing where it reports to none. */
export function controlPlaneChecks(linked: StatusAnswer["linked"]): DoctorCheck[] {
  if (linked === null) return [];
  const { gateway, connectedAt, fault } = linked;
  const heard = connectedAt === null ? "not heard since the start" : `last heard at ${timeOf(connectedAt)}`;
  if (fault === null)
    return [good(NAME, connectedAt === null ? `${gateway} is being asked.` : `${gateway} answers, ${heard}.`)];
  if (fault.reason === "E_AGENT")
    return [
      warning(
        NAME,
        `${gateway} does not know this key server (E_AGENT). Keys are served without it.`,
        `Where its database was lost, or is older than the link: \`holdfast-agent unlink\`, then \`holdfast-agent link --token TOKEN\` with a token of its dashboard: ${DOCS}. Otherwise administrators have removed this key server.`,
      ),
    ];
  const code = fault.reason === null ? fault.code : `${fault.code}, ${fault.reason}`;
  return [
    warning(
      NAME,
      `${gateway} cannot be used since ${timeOf(fault.since)} (${code}), ${heard}. Keys, schedules, page and command line go on without it.`,
      `Check its address and the network. Where it is gone for good: ${DOCS}.`,
    ),
  ];
}
