import { translator } from '../../i18n/index.ts';
import type { Message, Tone } from '../message.ts';

/** Seen before anything is read, where a format has no colours of its own. */
const SYMBOLS: Record<Tone, string> = {
  critical: '🔴',
  warning: '🟠',
  info: '🔵',
  resolved: '✅',
  report: '📊',
  test: '🔔',
};

export function toneWord({ locale, tone }: Message): string {
  return translator(locale)(`delivery_tone.${tone}`);
}

/** The title with how serious it is, as a sign and as a word; a report's title says what it is. */
export function headline(message: Message): string {
  const sign = SYMBOLS[message.tone];
  if (message.tone === 'report') return `${sign} ${message.title}`;
  return `${sign} ${toneWord(message)}: ${message.title}`;
}
