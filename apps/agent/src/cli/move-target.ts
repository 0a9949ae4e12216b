import { type ImportOffer, parseOfferFile, verifyImportOffer } from "@holdfast/protocol";
import type { ActAnswer, ImportView, ReceivedView, StatusAnswer } from "../admin/answers.ts";
import type { SourceMaterial } from "../migrate/key-source.ts";
import type { KeyTarget, NamesThere } from "../migrate/move-keys.ts";
import { TransferError } from "../transfer/errors.ts";
import { sealKeys } from "../transfer/seal-keys.ts";
import type { AdminClient } from "./admin-client.ts";
import { allKeys } from "./all-keys.ts";
import { AgentRefusal } from "./cli-error.ts";

/** How long a move waits for approvals with `--wait`, in seconds. */
const LONGEST_WAIT_SECONDS = 72 * 3600;
const KEYS_AT_ONCE = 1000;

/** A step of a move that waits for people: what was done is done, and the same command goes on afterwards. */
export class PendingMove extends Error {
  readonly hash: string;
  readonly approveUrl: string | null;

  constructor({ hash, approveUrl }: Pick<ActAnswer, "hash" | "approveUrl">) {
    super("A step of the move waits for approval.");
    this.hash = hash;
    this.approveUrl = approveUrl;
  }
}

/** This agent, taking keys in by imports as its command line does. */
export class MoveTarget implements KeyTarget {
  readonly #admin: AdminClient;
  readonly #wait: boolean;

  constructor(admin: AdminClient, wait: boolean) {
    this.#admin = admin;
    this.#wait = wait;
  }

  async present(): Promise<NamesThere> {
    const keys = await allKeys(this.#admin);
    return {
      foreign: new Set(keys.flatMap(({ foreign }) => foreign)),
      aliases: new Set(keys.flatMap(({ aliases, group }) => aliases.map((alias) => `${group}\n${alias}`))),
    };
  }

  async takeIn(keys: readonly SourceMaterial[]): Promise<string | null> {
    try {
      const sealed = Buffer.from(await sealKeys(await this.#offer(), keys)).toString("base64url");
      const received = await this.#admin.post<ReceivedView>("/v1/imports/sealed", {
        sealed,
        label: "holdfast-agent migrate",
      });
      const { outcome, what, code } = await this.#act("import.commit", { sealed: received.reference });
      return outcome === "applied" ? null : (what ?? code ?? outcome);
    } catch (cause) {
      if (cause instanceof AgentRefusal || cause instanceof TransferError) return cause.message;
      throw cause;
    }
  }

  /** An import that is open, or a new one. */
  async #offer(): Promise<ImportOffer> {
    const { imports } = await this.#admin.get<{ imports: ImportView[] }>("/v1/imports");
    const open = imports.find(({ form, most }) => form === "hpke" && most === KEYS_AT_ONCE)?.importId;
    const importId = open ?? (await this.#act("import.begin", { form: "hpke", most: KEYS_AT_ONCE })).hash;
    const offer = await verifyImportOffer(parseOfferFile(await this.#admin.get(`/v1/imports/${importId}`)));
    const { tid, aid } = await this.#admin.get<StatusAnswer>("/v1/status");
    if (offer.tid !== tid || offer.aid !== aid)
      throw new TransferError("E_IMPORT_KEY", "The offer is of another key server.");
    return offer;
  }

  async #act(act: string, args: Record<string, unknown>): Promise<ActAnswer> {
    const request = { act, args, reason: "holdfast-agent migrate", wait: this.#wait };
    const answer = await this.#admin.post<ActAnswer>("/v1/act", request, this.#wait ? LONGEST_WAIT_SECONDS : 300);
    if (answer.outcome === "pending") throw new PendingMove(answer);
    return answer;
  }
}
