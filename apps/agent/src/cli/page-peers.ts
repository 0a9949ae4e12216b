import { resolve } from "node:path";
import { readSettings } from "../agent-settings.ts";
import { addPeer, type PeerPlace, peerPlaces, removePeer } from "../local-page/peers/peer-places.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { table } from "./output.ts";

const peerAdd: Command = {
  name: "page peer add",
  summary: "Name another key server whose page has the same name: what this one does not know is asked of it",
  usage: "NAME --at HOST:PORT [--ca FILE]",
  words: 1,
  options: { ...COMMON_OPTIONS, at: { type: "string" }, ca: { type: "string" } },
  async run({ args, out, dataDirectory }) {
    const directory = dataDirectory();
    readSettings(directory);
    const ca = args.find("ca");
    if (ca !== undefined) readNamedFile(ca);
    addPeer(directory, {
      ...{ name: args.word(0, "NAME"), at: args.get("at") },
      ca: ca === undefined ? null : resolve(ca),
    });
    out.result({ peers: peerPlaces(directory) }, () => peersText(peerPlaces(directory)));
    return 0;
  },
};

const peerList: Command = {
  name: "page peer list",
  summary: "Show the other key servers whose page has the same name",
  usage: "",
  options: COMMON_OPTIONS,
  async run({ out, dataDirectory }) {
    const peers = peerPlaces(dataDirectory());
    out.result({ peers }, () => peersText(peers));
    return 0;
  },
};

const peerRemove: Command = {
  name: "page peer remove",
  summary: "Ask another key server behind the same name no more",
  usage: "NAME",
  words: 1,
  options: COMMON_OPTIONS,
  async run({ args, out, dataDirectory }) {
    const directory = dataDirectory();
    removePeer(directory, args.word(0, "NAME"));
    out.result({ peers: peerPlaces(directory) }, () => peersText(peerPlaces(directory)));
    return 0;
  },
};

/** Other key servers behind the page's name. */
export const pagePeerCommands: readonly Command[] = [peerAdd, peerList, peerRemove];

function peersText(peers: readonly PeerPlace[]): string {
  if (peers.length === 0) return "No other key server is behind this page's name.";
  return table(
    ["KEY SERVER", "AT", "ITS AUTHORITY"],
    peers.map(({ name, at, ca }) => [name, at, ca ?? "one that this machine trusts"]),
  );
}
