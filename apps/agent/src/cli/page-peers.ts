import { resolve } from "node:path";
import { readSettings } from "../agent-settings.ts";
import { addPeer, type PeerPlace, peerPlaces, removePeer } from "../local-page/peers/peer-places.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { table } from "./output.ts";

const peerAdd: Command = {
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
  usage: "",
  options: COMMON_OPTIONS,
  async run({ out, dataDirectory }) {
    const peers = peerPlaces(dataDirectory());
    out.result({ peers }, () => peersText(peers));
    return 0;
  },
};

const peerRemove: Command = {
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
export const pagePeerCommands = {
  "page peer add": peerAdd,
  "page peer list": peerList,
  "page peer remove": peerRemove,
};

function peersText(peers: readonly PeerPlace[]): string {
  if (peers.length === 0) return "No other key server is behind this page's name.";
  return table(
    ["KEY SERVER", "AT", "ITS AUTHORITY"],
    peers.map(({ name, at, ca }) => [name, at, ca ?? "one that this machine trusts"]),
  );
}
