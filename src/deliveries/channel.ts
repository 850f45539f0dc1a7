import type { Locale } from '../i18n/index.ts';

export const CHANNEL_KINDS = [
  'email',
  'webhook',
  'slack',
  'discord',
  'teams',
  'telegram',
  'ntfy',
] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** Where people or programs are told, without what must stay secret of it. */
export interface Channel {
  id: string;
  name: string;
  kind: ChannelKind;
  /** What may be shown of where it goes: a host, the first letter of an address. */
  hint: string;
  locale: Locale;
  isEnabled: boolean;
  /** Counts the changes: who saves says which version was edited. */
  version: number;
}

export function isChannelKind(value: unknown): value is ChannelKind {
  return CHANNEL_KINDS.some((kind) => kind === value);
}
