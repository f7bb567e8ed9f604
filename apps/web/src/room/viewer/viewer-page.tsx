/** The viewer: one slide, or several side by side, with what was drawn on them and what a model saw. */
import "./viewer.css";
import { readSlide } from "@nacre/api";
import type { ReactNode } from "react";
import { useParams } from "wouter";
import { useCall } from "../client/use-call.ts";
import { NotRead } from "../shell/not-found.tsx";
import { Skeleton } from "../ui/index.ts";
import { Viewer } from "./viewer.tsx";

/** Facts of a slide do not change while it is looked at; each reading is noted in the trail. */
const FRESH_MS = 3_600_000;

export function ViewerPage(): ReactNode {
  const { slide = "" } = useParams<{ slide: string }>();
  const answer = useCall(readSlide, { params: { slide } }, { freshMs: FRESH_MS });
  if (answer.data !== undefined)
    return (
      <Viewer facts={answer.data} key={`${slide} ${answer.data.version}`} onChanged={() => void answer.refetch()} />
    );
  return (
    <div className={answer.error === null ? "page coming" : "page"}>
      {answer.error === null ? (
        <Skeleton lines={6} label="Opening the slide" />
      ) : (
        <NotRead of="slide" error={answer.error} retry={() => void answer.refetch()} />
      )}
    </div>
  );
}
