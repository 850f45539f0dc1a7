import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Response } from 'express';
import { BILLING_URL } from '../fal/links.ts';
import type { Failure } from '../http/failure.ts';
import { createFormat } from '../i18n/format.ts';
import { type Translate, translator } from '../i18n/index.ts';
import type { Services } from '../services.ts';
import { badgeSvg } from './badge.ts';
import type { EmbedStatus } from './embed-status.ts';
import type { Embed } from './embed-tokens.ts';
import { badgeText, embedView, type Words } from './embed-view.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../views/embeds/${name}`, import.meta.url), 'utf8');
/** They stand in the widget itself: one question to the panel shows it. */
const [style, script] = [read('widget.css'), read('widget.js')];
const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const WIDGET_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** What a badge is for: the words of a name that nobody has to know. */
const LABEL = 'fal.ai';

type AnswerServices = Pick<Services, 'settings' | 'now'>;

/** Sends the badge of a status, for whoever holds a token that shows as much. */
export function sendBadge(
  res: Response,
  services: AnswerServices,
  status: EmbedStatus,
  embed: Pick<Embed, 'shows' | 'locale'>,
): void {
  const view = embedView(status, embed, wordsOf(services, embed));
  const message = badgeText(view);
  const title = [`${LABEL} ${view.name}: ${message}`, ...view.why].join(' · ');
  sendSvg(res, badgeSvg({ label: LABEL, message, state: view.state, title }));
}

/** In the place of a badge, with the failure's status: it says nothing of any account. */
export function sendFailedBadge(res: Response, { code }: Failure, t: Translate): void {
  const message = t(
    code === 'not_found'
      ? 'embeds.badge_unknown'
      : code === 'rate_limited'
        ? 'embeds.badge_wait'
        : 'embeds.badge_failed',
  );
  const badge = { label: LABEL, message, state: 'gone', title: `${LABEL}: ${message}` } as const;
  sendSvg(res, badgeSvg(badge));
}

/** Sends the page for a frame. @param ancestors who may frame it, as the content security policy says it. */
export function sendWidget(
  res: Response,
  services: AnswerServices,
  status: EmbedStatus,
  embed: Pick<Embed, 'shows' | 'locale'>,
  ancestors: string,
): void {
  const words = wordsOf(services, embed);
  allowFraming(res, ancestors);
  res.render('embeds/widget', {
    view: embedView(status, embed, words),
    t: words.t,
    locale: embed.locale,
    ...{ style, script, billingUrl: BILLING_URL },
  });
}

/** In its place, with the failure's status, in any frame: it says nothing of any account. */
export function sendFailedWidget(res: Response, { code }: Failure): void {
  allowFraming(res, '*');
  res.render('embeds/widget-failed', { isGone: code === 'not_found', style, script });
}

function allowFraming(res: Response, ancestors: string): void {
  res.removeHeader('X-Frame-Options');
  res.set('Content-Security-Policy', `${WIDGET_POLICY}; frame-ancestors ${ancestors}`);
}

function sendSvg(res: Response, svg: string): void {
  res.type('image/svg+xml').send(svg);
}

function wordsOf({ settings, now }: AnswerServices, { locale }: Pick<Embed, 'locale'>): Words {
  const { currencyDisplay } = settings.current();
  return { t: translator(locale), format: createFormat(locale, currencyDisplay), now: now() };
}
