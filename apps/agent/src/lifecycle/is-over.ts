/** By how much clocks and typing may differ: a beginning that is over by less than this is meant as now. Seconds. */
const SLACK_SECONDS = 300;

/** Whether a time to begin, Unix seconds, was over before it was asked for. */
export function isOver(activation: number, asked: number): boolean {
  return activation < asked - SLACK_SECONDS;
}
