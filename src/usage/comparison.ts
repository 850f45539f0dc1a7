import type { HistoryAnswer, UsageGroup } from '../history/answer.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import type { Nano } from '../money.ts';
import { daysText } from './period-label.ts';
import type { Comparison } from './spans.ts';

/** How something compares: `↑ +12%`, or a dash and why. */
export interface Change {
  arrow: '↑' | '↓' | '=' | '';
  text: string;
  /** What it was, with the name of the period; or why that is not known. */
  why: string;
  isKnown: boolean;
}

/** What another time says, ready to be compared with. */
export interface ComparedWith {
  answer: HistoryAnswer;
  /** `período anterior`. */
  name: string;
  sentence: string;
  /** Why there is nothing to compare with; `null` where there is. */
  unknown: string | null;
  groups: ReadonlyMap<string, UsageGroup>;
}

export function compareWith(
  before: HistoryAnswer,
  comparison: Comparison,
  answer: HistoryAnswer,
  format: Format,
  t: Translate,
): ComparedWith {
  const name = t(`explorer.before_${comparison}`);
  const { question } = before;
  const isCut = (each: HistoryAnswer) => each.state === 'partial' || each.state === 'unknown';
  return {
    answer: before,
    name,
    sentence: t('explorer.compared', {
      name,
      days: daysText(question, question.timezone, format, t),
    }),
    unknown: isCut(before)
      ? t('explorer.change_before_unread', { name })
      : isCut(answer)
        ? t('explorer.change_unread')
        : null,
    groups: new Map(before.groups.map((group) => [group.key, group])),
  };
}

export function changeOf<Value extends Nano | number>(
  now: Value | null,
  before: Value | null,
  text: (value: Value) => string,
  { name, unknown }: ComparedWith,
  format: Format,
  t: Translate,
): Change {
  const reason = unknown ?? (now === null || before === null ? t('explorer.change_unknown') : null);
  if (reason !== null || now === null || before === null) {
    return { arrow: '', text: '—', why: reason ?? '', isKnown: false };
  }
  const why = t('explorer.change_from', { before: text(before), name });
  if (Number(before) === 0) {
    const isNew = Number(now) > 0;
    const said = isNew ? t('explorer.change_new') : format.change(0);
    return { arrow: isNew ? '↑' : '=', text: said, why, isKnown: true };
  }
  const percent = Math.round((Number(now) / Number(before) - 1) * 100);
  const arrow = percent === 0 ? '=' : percent > 0 ? '↑' : '↓';
  return { arrow, text: format.change(percent), why, isKnown: true };
}
