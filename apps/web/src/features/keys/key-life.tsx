"use client";
import { classNames } from "@/components/class-names.ts";
import { useNow } from "@/components/moment.tsx";
import { Panel } from "@/components/panel.tsx";
import { showDate } from "@/components/time-text.ts";
import type { KeyRecord } from "./key-row.ts";
import { type LifeMark, lifeOf } from "./life-of.ts";

const TONES = { quiet: "bg-muted", warning: "bg-warning", danger: "bg-danger" };

/** The life of a key from its creation to what ends it first, versions as bars, changes as dots. */
export function KeyLife({ record }: { record: KeyRecord }) {
  const now = useNow(60_000);
  const life = lifeOf(record, now);
  const nowShare = (now - life.from) / (life.to - life.from);
  const share = (at: number) => `${Math.min(100, Math.max(0, ((at - life.from) / (life.to - life.from)) * 100))}%`;
  return (
    <Panel title="Life of this key" hint={life.hint}>
      <div className="px-4 pb-4 pt-5">
        <div className="relative" role="img" aria-label={life.sentence}>
          <div className="relative h-3.5">
            {life.bars.map((bar) => (
              <span
                key={bar.version}
                title={`Version ${bar.version}: ${showDate(bar.from, "long")} – ${bar.to === null ? "now" : showDate(bar.to, "long")}`}
                className="absolute inset-y-0 min-w-1.5 rounded-[4px] bg-accent"
                style={{
                  left: share(bar.from),
                  right: `calc(100% - ${share(bar.to ?? now)} + 1px)`,
                  opacity: bar.strength,
                }}
              />
            ))}
            {life.due ? (
              <span
                className="absolute inset-y-0 rounded-[4px] border border-dashed border-accent"
                style={{ left: share(now), right: `calc(100% - ${share(life.due.at)})` }}
              />
            ) : null}
          </div>
          <div className="relative mt-1 h-5 text-sm text-muted">
            {life.bars.map((bar, index) =>
              bar.labelled ? (
                <span
                  key={bar.version}
                  className={classNames(
                    "absolute max-sm:not-last:hidden whitespace-nowrap pl-1",
                    index === life.bars.length - 1 && "text-ink",
                  )}
                  style={bar.labelRight ? { right: `calc(100% - ${share(bar.to ?? now)})` } : { left: share(bar.from) }}
                >
                  v{bar.version}
                  {index === life.bars.length - 1 && record.state === "active" ? (
                    <span className="max-sm:hidden"> protects</span>
                  ) : null}
                </span>
              ) : null,
            )}
          </div>
          <span className="absolute -bottom-1 -top-2 w-0.5 rounded bg-warning" style={{ left: share(now) }} />
        </div>
        <p className="relative mt-2 h-5 text-sm text-warning">
          <span
            className="absolute whitespace-nowrap"
            style={nowShare < 0.5 ? { left: share(now) } : { right: `calc(100% - ${share(now)})` }}
          >
            today
            {life.due ? ` · ${life.due.text}` : ""}
          </span>
        </p>
        <ol className="mt-3 flex flex-wrap gap-x-5 gap-y-1 text-sm text-muted">
          {life.marks.map((mark) => (
            <Mark key={`${mark.at}-${mark.text}`} mark={mark} />
          ))}
        </ol>
        <div className="mt-3 flex justify-between gap-4 border-t pt-2 text-sm text-muted tabular">
          <span>{showDate(life.from, "long")}</span>
          <span>{showDate(life.to, "long")}</span>
        </div>
      </div>
    </Panel>
  );
}

function Mark({ mark }: { mark: LifeMark }) {
  return (
    <li className="flex items-center gap-1.5">
      <span className={classNames("size-2 rounded-full", TONES[mark.tone])} aria-hidden="true" />
      <span className="tabular">{showDate(mark.at)}</span> {mark.text}
    </li>
  );
}
