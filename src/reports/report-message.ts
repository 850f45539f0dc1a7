import type {
  DeliveryContent,
  Message,
  MessageImage,
  MessageTable,
} from '../deliveries/message.ts';
import { type CurrencyDisplay, createFormat } from '../i18n/format.ts';
import { type Locale, translator } from '../i18n/index.ts';
import type { Figure } from '../usage/figures.ts';
import { reportAnswer } from './report-answer.ts';
import type { StoredReport } from './report-rows.ts';
import { type PartRow, type ReportView, reportView } from './report-view.ts';
import { daysOf, type Words } from './report-words.ts';

export interface MessageOptions {
  locale: Locale;
  currencyDisplay: CurrencyDisplay;
  /** Where the panel is reached, base path included; `null`: nobody said. */
  address: string | null;
  image: MessageImage | null;
}

/** What channels are told of a report: in words for people, and as the API's answer for programs. */
export function reportContent(
  stored: StoredReport,
  { locale, currencyDisplay, address, image }: MessageOptions,
): DeliveryContent {
  const words = { format: createFormat(locale, currencyDisplay), t: translator(locale) };
  return {
    message: messageOf(stored, { locale, address, image }, words),
    event: {
      type: `report.${stored.report.period.cadence}`,
      data: { report: reportAnswer(stored) },
    },
  };
}

function messageOf(
  { id, isLate, dueAt, report }: StoredReport,
  { locale, address, image }: Pick<MessageOptions, 'locale' | 'address' | 'image'>,
  words: Words,
): Message {
  const { format, t } = words;
  const view = reportView(report, words);
  const { timezone } = report.period;
  return {
    locale,
    tone: 'report',
    title: titleOf(view, report.account?.name ?? null, isLate, words),
    text: [
      `${view.about} · ${daysOf(report, words)}`,
      ...(view.state ? [view.state.text] : []),
      ...(isLate ? [t('reports.late_why', { time: format.dateTime(dueAt, timezone) })] : []),
    ],
    facts: factsOf(view, words),
    tables: tablesOf(view, words),
    image,
    links:
      address === null
        ? []
        : [{ label: t('reports.open'), href: `${address}/admin/reports/${id}` }],
    footer: t('reports.footer', { timezone }),
  };
}

function titleOf(view: ReportView, account: string | null, isLate: boolean, { t }: Words): string {
  const { change } = view;
  const isMoved = 'text' in change && change.arrow !== '=';
  const arrow = isMoved && change.arrow === '▲' ? '↑' : '↓';
  const subject = t('reports.subject', {
    name: view.name,
    period: account === null ? view.short : `${account} · ${view.short}`,
    cost: plain(view.cost),
    // A sign says again what the arrow does.
    change: isMoved ? ` (${arrow} ${change.text.replace(/^[+−]/, '')})` : '',
  });
  return isLate ? t('reports.subject_late', { subject }) : subject;
}

function factsOf(view: ReportView, { t }: Words): Message['facts'] {
  const { change, credits, mostUsed } = view;
  const only = credits.accounts.length === 1 ? credits.accounts[0] : null;
  const value = 'none' in change ? change.none : `${change.arrow} ${change.text}: ${change.before}`;
  return [
    { label: t('usage.cost'), value: withReason(view.cost) },
    { label: t('reports.change'), value },
    { label: t('usage.calls_label'), value: withReason(view.calls) },
    {
      label: t('usage.most_used'),
      value: mostUsed ? mostUsed.prefix + mostUsed.name : t('reports.plain_none'),
    },
    {
      label: t('usage.failures'),
      value: view.failureRate.unknown
        ? withReason(view.failures)
        : `${plain(view.failures)} (${view.failureRate.text})`,
    },
    ...(credits.total
      ? [
          {
            label: t('overview.balance'),
            value: `${credits.total.balance} (${credits.total.text})`,
          },
        ]
      : []),
    ...(only
      ? [
          { label: t('overview.balance'), value: withReason(only.balance) },
          ...(only.runway ? [{ label: t('reports.runway'), value: only.runway.text }] : []),
          ...only.expiring.map((text) => ({ label: t('reports.expiring'), value: text })),
        ]
      : []),
    { label: t('reports.incidents'), value: view.openIncidents },
  ];
}

function tablesOf(view: ReportView, words: Words): MessageTable[] {
  const { t } = words;
  const tables = [partsTable(view.models, 'reports.by_model', 'models.model', words)];
  if (view.accounts) {
    tables.push(partsTable(view.accounts, 'reports.by_account', 'reports.account', words));
  }
  if (view.credits.accounts.length > 1) {
    tables.push({
      caption: t('reports.credits'),
      columns: [
        { label: t('reports.account'), isNumber: false },
        { label: t('overview.balance'), isNumber: true },
        { label: t('reports.runway'), isNumber: false },
      ],
      rows: view.credits.accounts.map(({ name, balance, runway, expiring }) => [
        name,
        plain(balance),
        [runway?.text ?? balance.unknown ?? '—', ...expiring].join(' '),
      ]),
    });
  }
  if (view.events.length > 0) {
    tables.push({
      caption: t('reports.events', { days: view.eventDays }),
      columns: [
        { label: t('field.label.name'), isNumber: false },
        { label: t('reports.period'), isNumber: false },
        { label: t('reports.credits'), isNumber: false },
      ],
      rows: view.events.map(({ name, when, verdict, topUp, missing }) => [
        name,
        when,
        [verdict?.word ?? t('events.no_verdict'), topUp ?? missing ?? '']
          .filter(Boolean)
          .join(': '),
      ]),
    });
  }
  return tables.filter(({ rows }) => rows.length > 0);
}

function partsTable(
  rows: readonly PartRow[],
  caption: 'reports.by_model' | 'reports.by_account',
  heading: 'models.model' | 'reports.account',
  { t }: Words,
): MessageTable {
  return {
    caption: t(caption),
    columns: [
      { label: t(heading), isNumber: false },
      { label: t('usage.calls_label'), isNumber: true },
      { label: t('usage.cost'), isNumber: true },
      { label: t('models.share'), isNumber: true },
    ],
    rows: rows.map(({ model, name, calls, cost, shareText }) => [
      model ? model.prefix + model.name : name,
      plain(calls),
      plain(cost),
      shareText,
    ]),
  };
}

function plain({ text, atLeast }: Figure): string {
  return atLeast ? `≥ ${text}` : text;
}

function withReason(figure: Figure): string {
  return figure.unknown ? `${figure.text} (${figure.unknown})` : plain(figure);
}
