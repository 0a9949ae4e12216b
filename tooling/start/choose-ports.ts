import type { PortName, StartOptions } from "./options.ts";
import { isFree, listenerOf, nextFreePort } from "./ports.ts";
import type { SavedState } from "./saved-state.ts";
import { StartError } from "./start-error.ts";

/** Where each listener is; the hosted page is at none while another program has its place. */
export type Ports = Record<PortName, number>;
/** The port of what is not served. */
export const NOWHERE = 0;

const USUAL: Ports = { web: 3000, gateway: 3001, hosted: 3002, page: 7400, rest: 7443, kmip: 5696, metrics: 7499 };
const OPTION: Record<PortName, string> = {
  web: "npm start -- --port",
  gateway: "npm start -- --port",
  hosted: "npm start -- --hosted-port",
  page: "npm start -- --page-port",
  rest: "npm start -- --rest-port",
  kmip: "npm start -- --kmip-port",
  metrics: "npm start -- --metrics-port",
};
const NAMES: Record<PortName, string> = {
  web: "the dashboard",
  gateway: "the agents' gateway",
  hosted: "the hosted approval page",
  page: "the key server's page",
  rest: "the key server's REST API",
  kmip: "the key server's KMIP",
  metrics: "the key server's metrics",
};

/**
 * Chooses a port for each listener: the one asked for, else the last start's, else the usual one, else the next free.
 *
 * The key server's page never moves once an environment was founded there: passkeys and the roster are bound to its
 * address. Nor does the gateway, whose address the key server was given. The hosted page does not move either, as passkeys may be
 * bound to it; nothing depends on it, so it stays away while another program has its place.
 *
 * @throws {@link StartError} when a port that may not move is taken.
 */
export async function choosePorts(
  options: StartOptions,
  state: SavedState,
  say: (text: string) => void,
): Promise<Ports> {
  const ports: Partial<Ports> = {};
  const usual = { ...USUAL, ...state.ports };
  if (state.ports.gateway === undefined && options.ports.web === null) usual.gateway = usual.web + 1;
  for (const name of ["page", "gateway", "web", "hosted", "rest", "kmip", "metrics"] as const) {
    const fixed =
      state.founded && (name === "page" || name === "gateway" || name === "hosted") ? state.ports[name] : undefined;
    const wanted = fixed ?? options.ports[name] ?? usual[name];
    if (fixed !== undefined && options.ports[name] !== null && options.ports[name] !== fixed) {
      throw new StartError(
        `${capital(NAMES[name])} is at port ${fixed} and stays there.`,
        `Its address is part of what was founded; start again without asking for ${options.ports[name]}.`,
      );
    }
    const taken = Object.values(ports);
    if (!taken.includes(wanted) && (await isFree(wanted))) {
      ports[name] = wanted;
      if (fixed === undefined && options.ports[name] === null && wanted !== usualPort(name, ports)) {
        say(
          `${capital(NAMES[name])} stays at port ${wanted}, where it was; \`${OPTION[name]} ${USUAL[name]}\` moves it.`,
        );
      }
      continue;
    }
    if (fixed !== undefined && name === "hosted") {
      ports[name] = NOWHERE;
      say(
        `Port ${fixed} is used by ${listenerOf(fixed) ?? "another program"}: ${NAMES[name]} is not served this time.`,
      );
      continue;
    }
    if (fixed !== undefined) throw cannotMove(name, fixed);
    ports[name] = await nextFreePort(wanted + 1, taken);
    say(`Port ${wanted} is used by ${listenerOf(wanted) ?? "another program"}: ${NAMES[name]} is at ${ports[name]}.`);
  }
  return ports as Ports;
}

/** The port a listener has where nothing is in the way; the gateway's follows the dashboard's. */
function usualPort(name: PortName, chosen: Partial<Ports>): number {
  return name === "gateway" && chosen.web !== undefined ? chosen.web + 1 : USUAL[name];
}

function cannotMove(name: PortName, port: number): StartError {
  const why =
    name === "page"
      ? "Your approval passkeys belong to this address, so Holdfast never moves it."
      : "The key server was told this address when it was linked, so Holdfast does not move it.";
  return new StartError(
    `Port ${port}, ${NAMES[name]}, is used by ${listenerOf(port) ?? "another program"}.`,
    `${why} Stop that program, then start again.`,
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
