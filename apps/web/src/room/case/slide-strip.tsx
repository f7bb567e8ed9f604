/** The slides of a case, side by side; one that failed says why. */
import type { SlideRow } from "@nacre/api";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { slidePath } from "../address.ts";
import { Badge } from "../ui/index.ts";
import { Thumbnail } from "../worklist/thumbnail.tsx";

export interface SlideStripProps {
  readonly slides: readonly SlideRow[];
  readonly run?: string | undefined;
}

export function SlideStrip({ slides, run }: SlideStripProps): ReactNode {
  return (
    <section className="card stack" aria-labelledby="slides">
      <h2 id="slides">Slides</h2>
      {slides.length === 0 ? <p className="soft">No slide of this case lies in the folder.</p> : null}
      <ul className="strip">
        {slides.map((slide) => (
          <li key={slide.key}>
            {slide.state === "failed" ? (
              <div className="slide-card failed">
                <span className="slide-none">Not readable</span>
                <span className="slide-name">{slide.name}</span>
                {slide.failure === null ? (
                  <span className="small">No reason is recorded.</span>
                ) : (
                  <span className="small">
                    <strong>{slide.failure.kind.replaceAll("-", " ")}</strong>
                    <br />
                    {`Expected ${slide.failure.expected}, received ${slide.failure.received}. ${slide.failure.remedy}`}
                  </span>
                )}
              </div>
            ) : (
              <Link href={slidePath(slide.key, undefined, run)} className="slide-card">
                <Thumbnail slide={slide.key} size={320} />
                <span className="slide-name">{slide.name}</span>
                <span className="small soft">
                  {[slide.stain, slide.scanner].filter((part) => part !== null).join(", ")}
                </span>
                <Quality flags={slide.quality} />
              </Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Quality({ flags }: { readonly flags: readonly string[] | null }): ReactNode {
  if (flags === null) return <Badge>quality not looked at</Badge>;
  return (
    <span className="flags">
      {flags.map((flag) => (
        <Badge key={flag} tone="warn">
          {flag}
        </Badge>
      ))}
    </span>
  );
}
