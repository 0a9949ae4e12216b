"use client";
import { useState } from "react";
import { isAnswer } from "@/browser/pin/compare-words.ts";
import { keepQuestion } from "@/browser/pin/keep-question.ts";
import { writePin } from "@/browser/pin/pin.ts";
import { pinOf, type Standing } from "@/browser/prove/prove-environment.ts";
import { Button } from "@/components/button.tsx";
import { TextField } from "@/components/field.tsx";
import { Notice } from "@/components/notice.tsx";
import { useProveAgain } from "@/features/custody/use-standing.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { ReportMismatch } from "./report-mismatch.tsx";

const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];

/** Asks for three of the eight words as the console shows them; only the right ones make this browser check. */
export function CompareWords({ standing }: { standing: Standing }) {
  const { environmentId } = useScope();
  const proveAgain = useProveAgain();
  const [question] = useState(() => keepQuestion(environmentId, standing.tid));
  const [typed, setTyped] = useState(["", "", ""]);
  const [missed, setMissed] = useState(false);
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isAnswer(question, standing.words, typed)) return setMissed(true);
        writePin(environmentId, { ...pinOf(standing), comparedAt: Math.floor(Date.now() / 1000) });
        void proveAgain();
      }}
    >
      <p>
        The console of your key server, where you said yes, shows eight matching words; its status command shows them at
        any time. Type the three we ask for <strong className="font-semibold">from there</strong>; this page does not
        show them. If they fit, no one, we included, can have put another key server in its place.
      </p>
      <div className="grid gap-3 sm:grid-cols-3">
        {question.positions.map((position, index) => (
          <TextField
            key={position}
            label={`The ${ORDINALS[position]} word`}
            name={`word-${position + 1}`}
            mono
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={typed[index] ?? ""}
            onChange={(event) => {
              setMissed(false);
              setTyped(typed.map((word, at) => (at === index ? event.target.value : word)));
            }}
          />
        ))}
      </div>
      {missed ? (
        <Notice tone="danger" title="A word differs. Stop here." live>
          <p>
            If it was no typing mistake, somebody may stand between you and your key server: approve nothing, and press
            Report. The same three places are asked for until your key server is set up anew.
          </p>
        </Notice>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" tone="primary" disabled={typed.some((word) => !word.trim())}>
          Compare
        </Button>
        <ReportMismatch tone={missed ? "danger" : "quiet"} />
      </div>
    </form>
  );
}
