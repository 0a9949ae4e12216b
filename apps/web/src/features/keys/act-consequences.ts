/** An action on a key: its button, and what will and will not still work. Said before anything is proposed. */
export interface KeyAction {
  readonly act: "key.rotate" | "key.suspend" | "key.resume" | "key.deactivate" | "key.compromise" | "key.destroy";
  readonly button: string;
  readonly title: string;
  readonly works: readonly string[];
  readonly stops: readonly string[];
  readonly from: readonly string[];
  readonly danger: boolean;
  /** Stops something that may be in use, so the name is typed when it is. */
  readonly typeName: boolean;
}

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
    typeName: false,
  },
  {
    act: "key.suspend",
    button: "Suspend",
    title: "Suspend",
    works: ["Nothing is lost. Resume it and everything works as before."],
    stops: ["Every encryption and every decryption with this key is refused until it is resumed."],
    from: ["active"],
    danger: false,
    typeName: true,
  },
  {
    act: "key.resume",
    button: "Resume",
    title: "Resume",
    works: ["Encryption and decryption work again for every client that has a grant."],
    stops: [],
    from: ["suspended"],
    danger: false,
    typeName: false,
  },
  {
    act: "key.deactivate",
    button: "Retire…",
    title: "Retire",
    works: ["Old data opens as before."],
    stops: ["Nothing new can be encrypted with this key, and it cannot be made active again."],
    from: ["active", "suspended"],
    danger: true,
    typeName: true,
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
    typeName: true,
  },
  {
    act: "key.destroy",
    button: "Destroy…",
    title: "Destroy",
    works: ["Any administrator can cancel until the waiting time is over."],
    stops: [
      "After that nobody, you included, can open what only this key protects. Backups forget it as they run out.",
    ],
    from: ["pre-active", "deactivated", "compromised"],
    danger: true,
    typeName: true,
  },
];
