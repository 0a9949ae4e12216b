import { parseOfferFile, verifyImportOffer } from "@holdfast/protocol";
import type { ActAnswer, StatusAnswer } from "../admin/answers.ts";
import { TransferError } from "../transfer/errors.ts";
import { sealKeys } from "../transfer/seal-keys.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { AgentRefusal } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { commitSealed, endImport } from "./import.ts";
import { KEY_FILE_OPTIONS, KEY_FILE_USAGE, keysToSeal } from "./transfer-options.ts";

export const keyRegister: Command = {
  usage: `${KEY_FILE_USAGE} [--cryptoperiod P90D] [--reason TEXT] [--wait]`,
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS, ...KEY_FILE_OPTIONS },
  async run(context) {
    const { args, admin, out } = context;
    const keys = await keysToSeal(args);
    try {
      let begun: ActAnswer | null = null;
      const act = { act: "import.begin", args: { form: "hpke", most: Math.min(1000, Math.max(1, keys.length)) } };
      const exit = await carryOut(context, act, (answer) => {
        begun = answer;
      });
      const answer = begun as ActAnswer | null;
      if (answer === null) {
        out.say(
          "When it is approved: `holdfast-agent import offer IMPORT --out offer.json`, `holdfast-agent import seal`, `holdfast-agent import commit`. With --wait this command does it all.",
        );
        return exit;
      }
      const offer = await verifyImportOffer(parseOfferFile(await admin().get(`/v1/imports/${answer.hash}`)));
      const { tid, aid } = await admin().get<StatusAnswer>("/v1/status");
      if (offer.tid !== tid || offer.aid !== aid)
        throw new TransferError("E_IMPORT_KEY", "The offer is of another key server.");
      try {
        return await commitSealed(context, await sealKeys(offer, keys));
      } catch (cause) {
        // Refused for good: nobody else knows of the import that was begun for these keys.
        if (cause instanceof AgentRefusal) await endImport(admin(), answer.hash).catch(() => undefined);
        throw cause;
      }
    } finally {
      for (const { versions } of keys) for (const each of versions) each.fill(0);
    }
  },
};
