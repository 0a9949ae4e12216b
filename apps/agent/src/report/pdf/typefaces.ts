import { readFileSync } from "node:fs";
import type { Face } from "./style.ts";

const FILES: Record<Face, string> = {
  regular: "Geist-Regular.ttf",
  medium: "Geist-Medium.ttf",
  semibold: "Geist-SemiBold.ttf",
  mono: "GeistMono-Regular.ttf",
};

/** The bytes of the report's typefaces, for embedding. What they all show is what `printable` lets through. */
export class Typefaces {
  readonly files: Readonly<Record<Face, Buffer>>;

  constructor() {
    const read = (face: Face) => readFileSync(new URL(`../fonts/${FILES[face]}`, import.meta.url));
    this.files = { regular: read("regular"), medium: read("medium"), semibold: read("semibold"), mono: read("mono") };
  }
}
