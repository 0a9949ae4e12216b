import type { FaultPointName } from "../../../lifecycle/fault-point-names.ts";
import type { ModelLink } from "./model-state.ts";

/** How somebody decides: honestly, or with something wrong. */
export const HOWS = [
  "approves",
  "rejects",
  "only proposes",
  "bent signature",
  "nobody verified",
  "another origin",
  "another list",
  "another challenge",
] as const;

/** A decision in a history: by which hand, and how. */
export interface Sign {
  readonly hand: number;
  readonly how: (typeof HOWS)[number];
}

/** How a recovery key decides over a link. */
export const KEY_HOWS = ["signs", "objects", "another purpose", "another list"] as const;

/** A recovery key's decision: by which key, the third is a stranger's. */
export interface KeySign {
  readonly key: number;
  readonly how: (typeof KEY_HOWS)[number];
}

/** What may be wrong with a proposal. */
export const FLAWS = [
  "none",
  "another domain",
  "another roster",
  "too long",
  "from the future",
  "another name",
] as const;

/** How somebody seals keys for the agent: honestly, or with something wrong. */
export const SEALED_HOWS = [
  "honest",
  /** As it was sealed to another import. */
  "another import",
  /** Something else is said of the keys than what they were sealed with. */
  "said otherwise",
  /** Each under what is said of the other. */
  "swapped",
  "all the same",
] as const;

/** One thing that happens. Numbers choose among what there is, so that every history has a meaning. */
export type Step =
  | {
      readonly do: "order";
      readonly act: string;
      readonly on: number;
      readonly pick: number;
      readonly flaw: (typeof FLAWS)[number];
      readonly signs: readonly Sign[];
      readonly sent: boolean;
      readonly cut: FaultPointName | null;
    }
  | {
      readonly do: "again";
      readonly order: number;
      readonly kept: "all" | "first" | "none";
      readonly signs: readonly Sign[];
      readonly cut: FaultPointName | null;
    }
  | {
      readonly do: "link";
      readonly kind: ModelLink["kind"];
      readonly pick: number;
      readonly signs: readonly Sign[];
      readonly keys: readonly KeySign[];
      /** Whether both people and recovery keys decide, whichever it takes. */
      readonly crossed: boolean;
      readonly sent: boolean;
    }
  | {
      readonly do: "link again";
      readonly link: number;
      readonly kept: boolean;
      readonly signs: readonly Sign[];
      readonly keys: readonly KeySign[];
      readonly crossed: boolean;
    }
  /** Nothing happens for days but that the agent looks at what is due, as often as it does. */
  | { readonly do: "wait"; readonly seconds: number }
  | { readonly do: "touch"; readonly orders: readonly number[]; readonly sign: Sign }
  | { readonly do: "pass"; readonly seconds: number }
  /** Somebody turns the wall clock, or puts it right. */
  | { readonly do: "turn"; readonly seconds: number | "right" }
  | { readonly do: "restore"; readonly snapshot: number }
  /** The store is an older one: for a while, or for good, where people give up what is lost. */
  | {
      readonly do: "rollback";
      readonly snapshot: number;
      readonly order: number;
      readonly loss: Pick<StepOf<"order">, "pick" | "signs" | "cut"> | null;
    }
  | { readonly do: "junk"; readonly order: number; readonly at: number; readonly bit: number }
  /** Somebody who has an enrolment secret, or none, asks to be let in with one of a few keys. */
  | {
      readonly do: "enrol";
      /** By which secret; the last is none that the agent gave out. */
      readonly secret: number;
      readonly key: number;
      readonly from: number;
      readonly cut: FaultPointName | null;
    }
  /** Somebody seals keys to an import's offer, and gives them to the agent; or what was given before once more. */
  | {
      readonly do: "seal";
      readonly import: number;
      readonly how: (typeof SEALED_HOWS)[number];
      readonly pick: number;
      readonly many: boolean;
      readonly again: boolean;
    }
  | { readonly do: "restart" }
  | { readonly do: "snapshot" }
  | { readonly do: "lock by host" };

/** What a step may be. */
export const STEPS = [
  ...["order", "again", "touch", "link", "link again", "wait", "pass", "turn", "restore", "rollback", "junk"],
  ...["enrol", "seal", "restart", "snapshot", "lock by host"],
] as const;

/** A step of one kind. */
export type StepOf<D extends Step["do"]> = Extract<Step, { readonly do: D }>;
