/** An action on a key: its button, and what will and will not still work. Said before anything is proposed. */
export interface KeyAction {
  readonly act: "key.rotate" | "key.suspend" | "key.resume" | "key.deactivate" | "key.compromise" | "key.destroy";
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

export const KEY_ACTIONS: readonly KeyAction[] = [
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

const ENDED: readonly string[] = ["destroyed", "destroyed-compromised"];

/** What can be proposed on a key: while a destruction waits, only what takes away more. */
export function actionsOn(key: { readonly state: string; readonly destroyDue: number | null }): {
  readonly actions: readonly KeyAction[];
  readonly rename: boolean;
} {
  const waits = key.destroyDue !== null;
  return {
    actions: KEY_ACTIONS.filter(({ act, from }) => from.includes(key.state) && !(waits && LOOSENING.includes(act))),
    rename: !waits && !ENDED.includes(key.state),
  };
}

const LOOSENING: readonly string[] = ["key.rotate", "key.resume", "key.destroy"];

/** Whether the key's name has to be typed before an action is proposed. */
export function needsTypedName({ typeName }: KeyAction, lastUsedAt: number | null, now: number): boolean {
  if (typeName === "always") return true;
  if (lastUsedAt === null) return false;
  return typeName === "ever used" || (typeName === "used lately" && lastUsedAt > now - RECENT_SECONDS);
}
