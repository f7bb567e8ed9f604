/** What lies in the served folders: slides, cohorts, runs. */
import type { Person } from "@nacre/api";

export interface ArchiveProject {
  readonly key: string;
  readonly name: string;
  /** Real path of the folder: nothing outside of it is ever opened for this project. */
  readonly folder: string;
}

export interface ScanCounts {
  readonly slides: number;
  readonly cases: number;
  readonly runs: number;
  /** What was passed by, in words that name files: the first of them. */
  readonly left: readonly string[];
  readonly leftTotal: number;
}

export interface Archive {
  readonly projects: readonly ArchiveProject[];
  /** Projects that somebody may see. */
  seenBy(who: Person): readonly ArchiveProject[];
  /** The project of a key. @throws ApiRefusal not-found where it is not there or may not be seen */
  project(who: Person, key: string): ArchiveProject;
  /** Looks into a project's folder and brings the rows of slides, cases, runs and predictions up to date. Idempotent. What was there when it is called is in it. */
  scan(project: string): Promise<ScanCounts>;
  /** Whether a scan is under way. */
  isScanning(project: string): boolean;
  /** Absolute path of something inside a project; symbolic links that lead outside are refused. @throws ApiRefusal not-found */
  pathIn(project: string, inside: string): string;
}
