import type { Locale } from '../i18n/index.ts';

/** How it looks: a severity while something is open, else what the message is. */
export type Tone = 'critical' | 'warning' | 'info' | 'resolved' | 'report' | 'test';

/**
 * What people are told, in the channel's language and without markup: each format writes it in its
 * own way. Everything in it is text, however it looks.
 */
export interface Message {
  locale: Locale;
  tone: Tone;
  /** One line, which must be enough where there is room for no more. */
  title: string;
  /** Paragraphs. */
  text: readonly string[];
  facts: readonly { label: string; value: string }[];
  tables: readonly MessageTable[];
  image: MessageImage | null;
  /** Most important first. */
  links: readonly { label: string; href: string }[];
  /** Who says it and why whoever reads it gets it. */
  footer: string;
}

export interface MessageTable {
  caption: string;
  columns: readonly { label: string; isNumber: boolean }[];
  rows: readonly (readonly string[])[];
}

export interface MessageImage {
  /** What it shows, in words. */
  alt: string;
  /** Base64. */
  png: string;
  /** In CSS pixels. */
  width: number;
  height: number;
}

/** What a delivery says: in words for people, and as an event for programs. */
export interface DeliveryContent {
  message: Message;
  /** `type` such as `incident.opened`; `data` is JSON in snake_case. */
  event: { type: string; data: Record<string, unknown> };
}
