import type { ClientView } from "../admin/answers.ts";
import { clientTable } from "./client-text.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";

export const clientList: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const { clients } = await admin().get<{ clients: ClientView[] }>("/v1/clients");
    out.result({ clients }, () => clientTable(clients));
    return 0;
  },
};
