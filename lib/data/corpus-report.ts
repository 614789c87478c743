/** Report of a search for recordings: every file is counted, and every missing one. */
import type { Clip } from './clip';
import { actorFolder, clipName, takesOf } from './ravdess';

/** A file that is not among the clips, and why. */
export interface SkippedFile {
  /** Relative to the folder or archive that was read. */
  name: string;
  reason: string;
}

/** Everything that `loadData` found. */
export interface CorpusReport {
  /** Clips that can be used. */
  found: number;
  /** Clips that the actors who are there should have. */
  expected: number;
  /** Second copies, which are not counted. */
  duplicates: string[];
  /** Other names: songs, videos, notes. */
  ignored: SkippedFile[];
  /** Clips whose file is empty, cut short, no WAV file or refused by the system. */
  unreadable: SkippedFile[];
  /** Actors of whom some clips, but not all, are there. */
  missing: { actor: number; count: number; names: string[] }[];
  /** Actors of whom nothing is there. */
  absentActors: number[];
}

/** Size of a complete corpus. */
export interface CorpusShape {
  actors: number;
  repetitions: 1 | 2;
}

/**
 * Compares the clips with what a complete corpus holds.
 *
 * @param touched actors with a file of any state; of the others it is only said that they are absent
 */
export function findMissing(
  clips: readonly Clip[],
  touched: ReadonlySet<number>,
  shape: CorpusShape,
): Pick<CorpusReport, 'expected' | 'missing' | 'absentActors'> {
  const names = new Set(clips.map((clip) => clip.name.toLowerCase()));
  const missing: CorpusReport['missing'] = [];
  const absentActors: number[] = [];
  let expected = 0;
  for (let actor = 1; actor <= shape.actors; actor++) {
    if (!touched.has(actor)) {
      absentActors.push(actor);
      continue;
    }
    const takes = takesOf(actor, shape.repetitions).map(clipName);
    const lacking = takes.filter((name) => !names.has(name));
    expected += takes.length;
    if (lacking.length > 0) missing.push({ actor, count: lacking.length, names: lacking });
  }
  return { expected, missing, absentActors };
}

/** Missing clips by actor, such as `Actor_07 lacks 2, Actor_09 lacks 1`. */
export function missingText(report: CorpusReport): string {
  const shown = report.missing.slice(0, 4).map(({ actor, count }) => `${actorFolder(actor)} lacks ${count}`);
  const rest = report.missing.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/**
 * The report as lines of text for people, problems after the counts; at most five names each.
 *
 * @example describeCorpus(corpus)[0] // '1440 clips of 24 actors: RAVDESS recordings'
 */
export function describeCorpus(corpus: { label: string; clips: readonly Clip[]; report: CorpusReport }): string[] {
  const { clips, report } = corpus;
  const actors = new Set(clips.map((clip) => clip.actor)).size;
  const lines = [`${clips.length} clips of ${actors} actors: ${corpus.label}`];
  if (report.duplicates.length > 0) {
    lines.push(`${count(report.duplicates.length, 'second copy', 'second copies')}, each clip counted once`);
  }
  for (const [reason, names] of byReason(report.ignored)) {
    lines.push(`${count(names.length, 'file')} ignored (${reason}): ${some(names)}`);
  }
  for (const [reason, names] of byReason(report.unreadable)) {
    lines.push(`${count(names.length, 'clip')} unreadable (${reason}): ${some(names)}`);
  }
  for (const { actor, count: lacking, names } of report.missing) {
    lines.push(`${actorFolder(actor)} lacks ${count(lacking, 'clip')}: ${some(names)}`);
  }
  if (report.absentActors.length > 0) {
    const absent = count(report.absentActors.length, 'actor');
    lines.push(`${absent} not there: ${report.absentActors.map(actorFolder).join(', ')}`);
  }
  return lines;
}

/** Reasons why files are not among the clips, such as `58 files cut short, 1 file not a RAVDESS name`; at most three reasons. */
export function reasonsText({ unreadable, ignored }: CorpusReport): string {
  const groups = [...byReason([...unreadable, ...ignored])].map(
    ([reason, names]) => `${count(names.length, 'file')} ${reason}`,
  );
  return groups.slice(0, 3).join(', ') + (groups.length > 3 ? ' and others' : '');
}

function byReason(files: readonly SkippedFile[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { name, reason } of files) {
    const names = groups.get(reason) ?? [];
    names.push(name);
    groups.set(reason, names);
  }
  return groups;
}

function some(names: readonly string[]): string {
  const rest = names.length - 5;
  return names.slice(0, 5).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
