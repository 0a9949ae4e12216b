import type { ResponseItem } from "@holdfast/kmip";

/** What an operation gives in place of its payload where the answer is that of another operation, or is not there yet. */
export class OtherAnswer {
  readonly item: ResponseItem;

  constructor(item: ResponseItem) {
    this.item = item;
  }
}
