import PDFDocument from "pdfkit";
import { COLOUR, CONTENT_WIDTH, PAGE, type TextStyle } from "./style.ts";
import type { Typefaces } from "./typefaces.ts";

/** Every letter is set by itself, so that "->" never looks like an arrow and the text can be read back letter by letter. */
const NO_LIGATURES = {
  liga: false,
  calt: false,
  clig: false,
  rlig: false,
} as unknown as PDFKit.Mixins.OpenTypeFeatures[];

/** A structure element of the tagged document: what a screen reader walks. */
export type Structure = PDFKit.PDFStructureElement;

/** Tags of the structure tree used here. */
export type StructureTag =
  | "Document"
  | "Sect"
  | "H1"
  | "H2"
  | "P"
  | "L"
  | "LI"
  | "LBody"
  | "Table"
  | "TR"
  | "TH"
  | "TD"
  | "Code"
  | "Figure";

/** Where a text goes. */
export type Placement = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly align?: "left" | "right";
};

/** A text as it is set. `scope` says what a table's header is the header of. */
export type Setting = Placement & {
  readonly text: string;
  readonly style: TextStyle;
  readonly scope?: "Column" | "Row";
};

/** A text across the page, and the space after it. */
export type BlockSetting = Pick<Setting, "text" | "style"> & { readonly after: number };

/** What the document says about itself. */
export type DocumentInfo = {
  readonly title: string;
  readonly author: string;
  readonly subject: string;
  readonly made: Date;
};

/**
 * Pages to draw on: texts go into the structure tree, everything decorative is marked as an artifact, so that the
 * document reads aloud in the order in which it was drawn.
 */
export class Sheet {
  readonly pdf: PDFKit.PDFDocument;
  readonly root: Structure;
  /** Where the next block begins. */
  y: number = PAGE.top;

  constructor(typefaces: Typefaces, { title, author, subject, made }: DocumentInfo) {
    this.pdf = new PDFDocument({
      size: "A4",
      margin: 0,
      pdfVersion: "1.7",
      tagged: true,
      lang: "en-GB",
      displayTitle: true,
      bufferPages: true,
      info: {
        Title: title,
        Author: author,
        Subject: subject,
        Producer: "Holdfast",
        Creator: "Holdfast",
        CreationDate: made,
        ModDate: made,
      },
    });
    for (const [face, file] of Object.entries(typefaces.files)) this.pdf.registerFont(face, file);
    this.root = this.pdf.struct("Document");
    this.pdf.addStructure(this.root);
  }

  /** Adds an element to the structure tree. */
  open(tag: StructureTag, parent: Structure = this.root): Structure {
    const element = this.pdf.struct(tag);
    parent.add(element);
    return element;
  }

  /** Height of a text as it will be set. */
  measure(text: string, style: TextStyle, width: number): number {
    this.#set(style);
    return this.pdf.heightOfString(text, { width, ...this.#setting(style) });
  }

  /** Width of a text on one line. */
  measureWidth(text: string, style: TextStyle): number {
    this.#set(style);
    return this.pdf.widthOfString(text, this.#setting(style));
  }

  /** Sets a text and tags it; returns its height. */
  text(parent: Structure, tag: StructureTag, setting: Setting): number {
    const { text, style, scope, ...place } = setting;
    // pdfkit takes a table header's scope, which its types do not declare.
    const options: PDFKit.Mixins.StructureElementOptions & { readonly scope?: string } = scope ? { scope } : {};
    parent.add(this.pdf.struct(tag, options, () => this.#draw(text, style, place)));
    return this.measure(text, style, place.width);
  }

  /** Draws what is no content: lines, bars, running heads. */
  artifact(draw: () => void): void {
    this.pdf.markContent("Artifact", { type: "Layout" });
    draw();
    this.pdf.endMarkedContent();
  }

  /** Sets a running head or foot, which a screen reader skips. */
  artifactText({ text, style, ...place }: Omit<Setting, "scope">): void {
    this.artifact(() => this.#draw(text, style, place));
  }

  /** Draws a hairline across `width`. */
  hairline(x: number, y: number, width: number): void {
    this.artifact(() =>
      this.pdf
        .moveTo(x, y)
        .lineTo(x + width, y)
        .lineWidth(0.6)
        .strokeColor(COLOUR.line)
        .stroke(),
    );
  }

  /** Begins a new page. */
  newPage(): void {
    this.pdf.addPage({ size: "A4", margin: 0 });
    this.y = PAGE.top + 34;
  }

  /** Space left above the bottom margin. */
  get left(): number {
    return PAGE.height - PAGE.bottom - this.y;
  }

  /** Sets a block across the page at the cursor and moves it on. */
  block(parent: Structure, tag: StructureTag, { after, ...setting }: BlockSetting): void {
    this.y += this.text(parent, tag, { ...setting, x: PAGE.left, y: this.y, width: CONTENT_WIDTH }) + after;
  }

  #draw(text: string, style: TextStyle, { x, y, width, align = "left" }: Placement): void {
    this.#set(style);
    this.pdf.text(text, x, y, { width, align, ...this.#setting(style) });
  }

  #set(style: TextStyle): void {
    this.pdf.font(style.face).fontSize(style.size).fillColor(style.colour);
  }

  #setting(style: TextStyle): PDFKit.Mixins.TextOptions {
    return { lineGap: this.#gap(style), characterSpacing: style.tracking ?? 0, features: NO_LIGATURES };
  }

  #gap(style: TextStyle): number {
    return style.leading - this.pdf.currentLineHeight(true);
  }
}
