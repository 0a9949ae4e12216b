import type { Tone } from "@/components/badge.tsx";

/** The words on the screen for a key's state, and what the state allows. */
export const KEY_STATES = {
  "pre-active": {
    word: "Not yet active",
    tone: "quiet",
    means: "Nothing is done with it until it is activated.",
  },
  active: { word: "Active", tone: "good", means: "Does everything it is for." },
  suspended: { word: "Suspended", tone: "warning", means: "Does nothing until it is resumed." },
  deactivated: { word: "Retired", tone: "quiet", means: "Opens old data, protects nothing new." },
  compromised: {
    word: "Exposed",
    tone: "danger",
    means: "Opens old data only; treat what it protected as readable by others.",
  },
  destroyed: { word: "Destroyed", tone: "quiet", means: "Gone for ever; nothing opens what only it protected." },
  "destroyed-compromised": {
    word: "Destroyed, was exposed",
    tone: "danger",
    means: "Gone for ever, and had been exposed before.",
  },
} as const satisfies Record<string, { word: string; tone: Tone; means: string }>;

export type KeyState = keyof typeof KEY_STATES;

/** The state's entry; a state this page does not know is shown as it is written. */
export function keyStateOf(state: string): { word: string; tone: Tone; means: string } {
  return isKeyState(state) ? KEY_STATES[state] : { word: state, tone: "quiet", means: "" };
}

/** Whether a key is not destroyed. */
export function isLive(state: string): boolean {
  return !state.startsWith("destroyed");
}

export function isKeyState(state: string): state is KeyState {
  return Object.hasOwn(KEY_STATES, state);
}
