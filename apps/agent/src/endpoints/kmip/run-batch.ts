import { setImmediate } from "node:timers/promises";
import {
  ENUM,
  hasValue,
  type Outcome,
  type RefusedItem,
  type RequestItem,
  type RequestMessage,
  type ResponseItem,
} from "@holdfast/kmip";
import { answerBudgetOf, payloadBytes } from "./answer-budget.ts";
import type { KmipContext } from "./kmip-context.ts";
import type { KmipOperation } from "./operations/kmip-operation.ts";
import { OPERATION_TABLE } from "./operations/operation-table.ts";
import { OtherAnswer } from "./other-answer.ts";
import { refuse } from "./refused.ts";
import { failureOf } from "./result-reason.ts";

type Item = RequestItem | RefusedItem;
/** How long a batch goes on before others are served, ms. */
const TURN_MS = 4;

type Undo = readonly (() => Promise<unknown>)[];

const { Success, OperationFailed, OperationUndone } = ENUM.ResultStatus;
const { Continue, Undo: UNDO } = ENUM.BatchErrorContinuationOption;

/**
 * Carries out the items of a request one after the other, and answers each.
 *
 * Where nothing is to be waited for it returns the answers themselves; of a long batch others are served in between. After a failure it goes on, stops, or takes back
 * what was done, as the request says; what has no way back stays done, and its item says Success.
 *
 * @see KMIP 2.1 section 9.1 (Batch Error Continuation Option)
 */
export function runBatch(context: KmipContext, { items }: RequestMessage): ResponseItem[] | Promise<ResponseItem[]> {
  return new Batch(context, items).run(0);
}

class Batch {
  readonly #context: KmipContext;
  readonly #items: readonly Item[];
  readonly #answers: ResponseItem[] = [];
  readonly #undo: Undo[] = [];
  #held = 0;
  #full = false;
  #until = performance.now() + TURN_MS;
  /** Why the client may ask nothing any more, since others were served in between. */
  #barred: unknown;

  constructor(context: KmipContext, items: readonly Item[]) {
    this.#context = context;
    this.#items = items;
  }

  run(from: number): ResponseItem[] | Promise<ResponseItem[]> {
    for (let index = from; index < this.#items.length; index += 1) {
      if (index > 0 && performance.now() >= this.#until) return this.#letOthersBeServed(index);
      this.#context.ids.begin(index);
      const answered = this.#answer(this.#items[index] as Item);
      if (answered instanceof Promise) return answered.then((answer) => this.#goOn(answer, index + 1));
      if (!this.#take(answered)) return this.#end();
    }
    return this.#answers;
  }

  #answer(item: Item): ResponseItem | Promise<ResponseItem> {
    if (this.#full) return tooMuch(item);
    return this.#barred === undefined ? answerItem(this.#context, item) : failed(this.#context, item, this.#barred);
  }

  async #letOthersBeServed(next: number): Promise<ResponseItem[]> {
    await setImmediate();
    this.#until = performance.now() + TURN_MS;
    try {
      this.#context.assertPresent();
    } catch (cause) {
      this.#barred = cause;
    }
    return this.run(next);
  }

  #goOn(answer: ResponseItem, from: number): ResponseItem[] | Promise<ResponseItem[]> {
    return this.#take(answer) ? this.run(from) : this.#end();
  }

  /** @returns whether the batch goes on */
  #take(given: ResponseItem): boolean {
    const answer = this.#fits(given) ? given : tooMuch(given);
    this.#answers.push(answer);
    this.#undo.push(this.#context.takeUndo());
    return answer.resultStatus !== OperationFailed || this.#context.header.batchErrorContinuationOption === Continue;
  }

  /** Whether an answer still fits among the others. Once one does not, no item is carried out any more. */
  #fits({ payload }: ResponseItem): boolean {
    if (this.#items.length === 1 || payload === undefined) return true;
    const budget = answerBudgetOf(this.#context.session.domain);
    const bytes = payloadBytes(payload);
    if (!budget.take(bytes, this.#held)) this.#full = true;
    else {
      this.#held += bytes;
      this.#context.closeLater(() => budget.give(bytes));
    }
    return !this.#full;
  }

  #end(): ResponseItem[] | Promise<ResponseItem[]> {
    return this.#context.header.batchErrorContinuationOption === UNDO ? this.#takeBack() : this.#answers;
  }

  async #takeBack(): Promise<ResponseItem[]> {
    for (let index = this.#undo.length - 1; index >= 0; index -= 1) {
      const steps = this.#undo[index] ?? [];
      if (steps.length === 0) continue;
      try {
        for (const step of [...steps].reverse()) await step();
        this.#answers[index] = undone(this.#answers[index] as ResponseItem);
      } catch {
        // It stays done, and its item says so.
      }
    }
    return this.#answers;
  }
}

/** The answer in place of one that is too much; what was done for it stays done. */
function tooMuch({ operation, uniqueBatchItemId }: Pick<Item | ResponseItem, "operation" | "uniqueBatchItemId">) {
  return {
    operation,
    uniqueBatchItemId,
    resultStatus: OperationFailed,
    resultReason: ENUM.ResultReason.ResponseTooLarge,
    resultMessage: "The answers to this batch are too large together: ask in several.",
  } as ResponseItem;
}

function undone(answer: ResponseItem): ResponseItem {
  const { payload: _, ...rest } = answer;
  const reason = ENUM.ResultReason.OperationCanceledByRequester;
  return { ...rest, resultStatus: OperationUndone, resultReason: reason } as ResponseItem;
}

/** Answers one item; whatever is thrown is its answer too. */
export function answerItem(context: KmipContext, item: Item): ResponseItem | Promise<ResponseItem> {
  const { uniqueBatchItemId } = item;
  try {
    if (item.operation === null) throw item.refusal;
    refuseCriticalExtensions(item);
    const payload = perform(context, item);
    const { operation } = item;
    const answer = (given: unknown): ResponseItem =>
      given instanceof OtherAnswer
        ? ({ ...given.item, uniqueBatchItemId } as ResponseItem)
        : ({ operation, uniqueBatchItemId, resultStatus: Success, payload: given } as ResponseItem);
    if (!(payload instanceof Promise)) return answer(payload);
    return payload.then(answer, (cause: unknown) => failed(context, item, cause));
  } catch (cause) {
    return failed(context, item, cause);
  }
}

function perform(context: KmipContext, item: RequestItem): unknown {
  const operation = OPERATION_TABLE[item.operation] as KmipOperation<typeof item.operation> | undefined;
  if (operation === undefined || !isOf(context, item))
    refuse("OperationNotSupported", `${item.operation} is not served in KMIP ${context.version}.`);
  return operation(context, item.payload as never);
}

/** Whether the version of the message has the operation. Clients mix versions, so it is not asked of payload fields. */
function isOf({ version }: KmipContext, { operation }: RequestItem): boolean {
  return hasValue(version, "Operation", ENUM.Operation[operation]);
}

/** An extension that must be understood is one that nobody here understands. @see KMIP 2.1 section 9.7 */
function refuseCriticalExtensions({ messageExtension = [] }: RequestItem): void {
  if (messageExtension.some(({ criticalityIndicator }) => criticalityIndicator))
    refuse("FeatureNotSupported", "A critical message extension is not known here.");
}

function failed(context: KmipContext, item: Item, cause: unknown): ResponseItem {
  const { reason, message, fault } = failureOf(cause);
  if (fault) context.fault(cause);
  const outcome: Outcome = {
    uniqueBatchItemId: item.uniqueBatchItemId,
    resultStatus: OperationFailed,
    resultReason: reason,
    resultMessage: message,
  };
  if (item.operation !== null) return { operation: item.operation, ...outcome } as ResponseItem;
  const { operationNumber } = item;
  return { operation: null, operationNumber, ...outcome };
}
