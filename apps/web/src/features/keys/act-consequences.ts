import { type Doing, doingOf, isRotatable } from "./key-words.ts";

/** An action on a key: its button, and what will and will not still work. Said before anything is proposed. */
export interface KeyAction {
  readonly act:
    | "key.activate"
    | "key.rotate"
    | "key.suspend"
    | "key.resume"
    | "key.deactivate"
    | "key.compromise"
    | "key.destroy";
  readonly button: string;
  readonly title: string;
  readonly works: readonly string[];
  readonly stops: readonly string[];
  readonly from: readonly string[];
  readonly danger: boolean;
  /** When the key's name has to be typed: what cannot be undone asks for more than what can. */
  readonly typeName: "always" | "ever used" | "used lately" | "never";
}

/** Use within this counts as use now. */
export const RECENT_SECONDS = 30 * 86_400;

/** The actions on a key that encrypts data; {@link actionsOn} says of others what is so of them. */
export const KEY_ACTIONS: readonly KeyAction[] = [
  {
    act: "key.activate",
    button: "Activate",
    title: "Activate",
    works: ["Clients with a grant can use it from then on."],
    stops: [],
    from: ["pre-active"],
    danger: false,
    typeName: "never",
  },
  {
    act: "key.rotate",
    button: "Rotate now",
    title: "Rotate",
    works: [
      "Everything encrypted before opens as before; the old version stays for that.",
      "Applications need no change: the next encryption uses the new version.",
    ],
    stops: ["The old version encrypts nothing new."],
    from: ["active"],
    danger: false,
    typeName: "never",
  },
  {
    act: "key.suspend",
    button: "Suspend",
    title: "Suspend",
    works: ["Nothing is lost. Resume it and everything works as before."],
    stops: ["Every encryption and every decryption with this key is refused until it is resumed."],
    from: ["active"],
    danger: false,
    typeName: "used lately",
  },
  {
    act: "key.resume",
    button: "Resume",
    title: "Resume",
    works: ["Encryption and decryption work again for every client that has a grant."],
    stops: [],
    from: ["suspended"],
    danger: false,
    typeName: "never",
  },
  {
    act: "key.deactivate",
    button: "Retire…",
    title: "Retire",
    works: ["Old data opens as before."],
    stops: ["Nothing new can be encrypted with this key, and it cannot be made active again."],
    from: ["active", "suspended"],
    danger: true,
    typeName: "ever used",
  },
  {
    act: "key.compromise",
    button: "Mark as exposed…",
    title: "Mark as exposed",
    works: ["Old data opens, so that you can move it to another key."],
    stops: [
      "Nothing new can be encrypted, and it cannot be undone.",
      "Reports name this key and everybody who used it.",
    ],
    from: ["pre-active", "active", "suspended", "deactivated"],
    danger: true,
    typeName: "ever used",
  },
  {
    act: "key.destroy",
    button: "Destroy…",
    title: "Destroy",
    works: ["Any administrator can stop it until the waiting time is over, from this key's page."],
    stops: [
      "After that nobody, you included, can open what only this key protects. Backups forget it as they run out.",
    ],
    from: ["pre-active", "deactivated", "compromised"],
    danger: true,
    typeName: "always",
  },
];

/** States in which a key that was suspended before stays closed until it is resumed. */
const STILL_CLOSED: readonly string[] = ["deactivated", "compromised"];

const ENDED: readonly string[] = ["destroyed", "destroyed-compromised"];

/** What of a key decides what can be proposed on it, and what that means. */
interface ActedOn {
  readonly state: string;
  readonly destroyDue: number | null;
  readonly type: string;
  readonly algorithm: string;
  readonly usage: readonly string[];
  readonly planned: {
    readonly suspended?: number | undefined;
    readonly limit?: { readonly total: number } | undefined;
  };
  readonly limitSpent: number | null;
}

/**
 * What can be proposed on a key: while a destruction waits, only what takes away more; new versions only of what the key
 * server makes them of.
 */
export function actionsOn(key: ActedOn): {
  readonly actions: readonly KeyAction[];
  /** Whether it can get another name, alias or group. */
  readonly describes: boolean;
} {
  const waits = key.destroyDue !== null;
  const doing = doingOf(key.usage);
  const isOffered = ({ act, from }: KeyAction) =>
    (from.includes(key.state) ||
      (act === "key.resume" && key.planned.suspended !== undefined && STILL_CLOSED.includes(key.state))) &&
    !(waits && LOOSENING.includes(act)) &&
    (act !== "key.rotate" || isRotatable(key));
  return {
    actions: KEY_ACTIONS.filter(isOffered).map((action) => ({
      ...action,
      ...underLimit(action.act, consequences(action, doing), key),
    })),
    describes: !waits && !ENDED.includes(key.state),
  };
}

/** What goes on when a key protects nothing new, and what ends. */
const USES: Readonly<Record<Exclude<Doing, "data">, { readonly still: string; readonly ends: string }>> = {
  sign: { still: "Signatures made so far are checked with the public key as before.", ends: "It signs nothing new" },
  verify: { still: "Signatures are checked as before.", ends: "It counts as no longer in use" },
  mac: { still: "Codes made so far are checked as before.", ends: "It authenticates nothing new" },
  wrap: { still: "Keys wrapped with it so far come in as before.", ends: "No key is wrapped with it any more" },
  agree: { still: "Secrets derived or agreed on so far stay.", ends: "No secret is derived or agreed on with it" },
  kept: { still: "Nothing else that is kept changes.", ends: "It counts as no longer in use" },
};

function consequences({ act, works, stops }: KeyAction, doing: Doing): Pick<KeyAction, "works" | "stops"> {
  if (doing === "data") return { works, stops };
  const { still, ends } = USES[doing];
  switch (act) {
    case "key.activate":
      return doing === "kept" ? { works: ["It counts as in use from then on."], stops } : { works, stops };
    case "key.rotate":
      return { works: [still, "Applications need no change."], stops: ["The old version protects nothing new."] };
    case "key.suspend":
      return { works, stops: ["Every use of it is refused until it is resumed, taking it out too."] };
    case "key.resume":
      return { works: ["Every client that has a grant can use it again."], stops };
    case "key.deactivate":
      return { works: [still], stops: [`${ends}, and it cannot be made active again.`] };
    case "key.compromise":
      return { works: [still], stops: [`${ends}, and that cannot be undone.`, ...stops.slice(1)] };
    case "key.destroy":
      return { works, stops: ["After that nobody, you included, has it. Backups forget it as they run out."] };
  }
}

/** A usage limit is of the key and not of a version: rotation renews none of it. */
function underLimit(
  act: KeyAction["act"],
  said: Pick<KeyAction, "works" | "stops">,
  { planned: { limit }, limitSpent }: ActedOn,
): Pick<KeyAction, "works" | "stops"> {
  if (act !== "key.rotate" || limit === undefined) return said;
  if (limitSpent === null || limitSpent < limit.total)
    return { ...said, stops: [...said.stops, "Its usage limit goes on as it is: rotation does not renew it."] };
  return {
    works: said.works.slice(0, 1),
    stops: [
      ...said.stops,
      "The new version does not help: the key's usage limit is given out, and rotation does not renew it. Once the last of it is used, nothing new is protected. Make another key.",
    ],
  };
}

const LOOSENING: readonly string[] = ["key.activate", "key.rotate", "key.resume", "key.destroy"];

/** Whether the key's name has to be typed before an action is proposed. */
export function needsTypedName({ typeName }: KeyAction, lastUsedAt: number | null, now: number): boolean {
  if (typeName === "always") return true;
  if (lastUsedAt === null) return false;
  return typeName === "ever used" || (typeName === "used lately" && lastUsedAt > now - RECENT_SECONDS);
}
