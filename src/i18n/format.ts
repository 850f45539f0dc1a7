import {
  displayStep,
  NANO_PER_UNIT,
  type Nano,
  roundTo,
  toDecimal,
  toJsonNumber,
} from '../money.ts';
import type { Locale } from './index.ts';

/** Mexican separators are read everywhere in Latin America; `es` alone would write 1.234,56 US$. */
const INTL_LOCALE: Record<Locale, string> = { es: 'es-MX', en: 'en-US' };

/** How US dollars are marked: `$1.50`, `US$1.50` beside other dollars and pesos, `USD 1.50`. */
export const CURRENCY_DISPLAYS = ['symbol', 'us_symbol', 'code'] as const;
export type CurrencyDisplay = (typeof CURRENCY_DISPLAYS)[number];

/** Numbers, money and times as one language writes them. */
export interface Format {
  /** Whole numbers: calls, models. */
  count(value: number | bigint): string;
  /** A quantity in nanos with at most `decimals` decimals (default 2). */
  quantity(nano: Nano, decimals?: number): string;
  /** Money to a step (default `displayStep`), with all the decimals of that step: `$0.150`. */
  money(nano: Nano, step?: Nano, currency?: string): string;
  /** Money with every decimal it has, at least those of a cent: a price of $0.0398 stays one. */
  price(nano: Nano, currency?: string): string;
  /** Money to the nano, with its currency: `$0.225000001 USD`. */
  exactMoney(nano: Nano, currency?: string): string;
  /** A whole percentage. */
  percent(value: number): string;
  /** A change as a whole percentage with its sign: `+12%`. */
  change(value: number): string;
  milliseconds(value: number): string;
  /** Date and time of day in a zone. */
  dateTime(instant: Temporal.Instant, timezone: string): string;
  /** The same to the second. */
  toSecond(instant: Temporal.Instant, timezone: string): string;
  /** With seconds and the zone's offset: what a tooltip says. */
  exactTime(instant: Temporal.Instant, timezone: string): string;
  date(instant: Temporal.Instant, timezone: string): string;
  /** The name of an hour, a day or a month on an axis or in a table. */
  bucket(bucket: Temporal.ZonedDateTime, style: BucketStyle): string;
  /** `lunes`. */
  weekday(day: Temporal.ZonedDateTime): string;
  /** `ahora`, `hace 12 s`. */
  ago(from: Temporal.Instant, now: Temporal.Instant): string;
}

export type BucketStyle =
  | 'hour'
  | 'day'
  | 'weekday'
  | 'day_and_hour'
  | 'month'
  /** In a sentence. */
  | 'long_day'
  | 'long_day_and_hour';

const BUCKET_STYLES: Record<BucketStyle, Intl.DateTimeFormatOptions> = {
  hour: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { day: 'numeric', month: 'short' },
  weekday: { weekday: 'short', day: 'numeric', month: 'short' },
  day_and_hour: {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  },
  month: { month: 'short', year: 'numeric' },
  long_day: { day: 'numeric', month: 'long', year: 'numeric' },
  long_day_and_hour: {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  },
};

/** The same object every time: it is asked for with each request. */
export function createFormat(locale: Locale, display: CurrencyDisplay = 'symbol'): Format {
  const name = `${locale} ${display}`;
  const format = formats.get(name) ?? makeFormat(locale, display);
  formats.set(name, format);
  return format;
}

const formats = new Map<string, Format>();

function makeFormat(locale: Locale, display: CurrencyDisplay): Format {
  const tag = INTL_LOCALE[locale];
  const formatted = (instant: Temporal.Instant, options: Intl.DateTimeFormatOptions) =>
    dateTimeFormat(tag, options).format(instant.epochMilliseconds);
  const money = (nano: Nano, currency: string, fewest: number, most: number) => {
    const text = numberFormat(tag, {
      ...(isCurrencyCode(currency) && {
        style: 'currency',
        currency,
        currencyDisplay: display === 'code' ? 'code' : 'narrowSymbol',
      }),
      minimumFractionDigits: fewest,
      maximumFractionDigits: most,
    }).format(numericInFull(nano));
    if (!isCurrencyCode(currency)) return `${text} ${currency}`;
    // Intl has no way to write `US$` in Mexico and in the United States alike.
    const isMarked = display === 'us_symbol' && currency.toUpperCase() === 'USD';
    return isMarked ? text.replace('$', 'US$') : text;
  };
  return {
    count: (value) => numberFormat(tag, {}).format(value),
    quantity: (nano, decimals = 2) =>
      numberFormat(tag, { maximumFractionDigits: decimals }).format(numeric(nano)),
    money: (nano, step = displayStep(nano), currency = 'USD') => {
      const decimals = decimalsOf(step);
      return money(
        nano < 0n ? -roundTo(-nano, step) : roundTo(nano, step),
        currency,
        decimals,
        decimals,
      );
    },
    price: (nano, currency = 'USD') => money(nano, currency, 2, 9),
    exactMoney: (nano, currency = 'USD') =>
      isCurrencyCode(currency) && display !== 'code'
        ? `${money(nano, currency, 2, 9)} ${currency}`
        : money(nano, currency, 2, 9),
    percent: (value) => numberFormat(tag, { style: 'percent' }).format(value / 100),
    change: (value) =>
      numberFormat(tag, { style: 'percent', signDisplay: 'exceptZero' }).format(value / 100),
    milliseconds: (value) =>
      value < 1_000
        ? numberFormat(tag, { style: 'unit', unit: 'millisecond' }).format(Math.round(value))
        : numberFormat(tag, { style: 'unit', unit: 'second', maximumFractionDigits: 1 }).format(
            value / 1_000,
          ),
    dateTime: (instant, timeZone) =>
      formatted(instant, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23', timeZone }),
    toSecond: (instant, timeZone) =>
      formatted(instant, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23', timeZone }),
    exactTime: (instant, timeZone) =>
      formatted(instant, {
        year: 'numeric',
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
        timeZoneName: 'shortOffset',
        timeZone,
      }),
    date: (instant, timeZone) => formatted(instant, { dateStyle: 'medium', timeZone }),
    bucket: (bucket, style) => {
      const options = { ...BUCKET_STYLES[style], timeZone: bucket.timeZoneId };
      const text = formatted(bucket.toInstant(), options);
      // In a Spanish sentence no comma comes after the weekday.
      return locale === 'es' && style === 'long_day_and_hour' ? text.replace(', ', ' ') : text;
    },
    weekday: (day) => formatted(day.toInstant(), { weekday: 'long', timeZone: day.timeZoneId }),
    ago: (from, now) => ago(tag, (now.epochMilliseconds - from.epochMilliseconds) / 1_000),
  };
}

/** fal may call credits something that is no ISO 4217 code; `Intl` takes nothing else. */
function isCurrencyCode(currency: string): boolean {
  return /^[A-Z]{3}$/i.test(currency);
}

/** Making an Intl formatter costs far more than using it. */
type Formatter = Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat;
const formatters = new Map<string, Formatter>();

function numberFormat(tag: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return remembered(`n${tag}${JSON.stringify(options)}`, () => new Intl.NumberFormat(tag, options));
}

function dateTimeFormat(tag: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return remembered(
    `d${tag}${JSON.stringify(options)}`,
    () => new Intl.DateTimeFormat(tag, options),
  );
}

const REMEMBERED = 200;

function remembered<T extends Formatter>(key: string, make: () => T): T {
  const known = formatters.get(key);
  if (known) return known as T;
  // Zones and currencies come from outside: without a limit the map would grow with them.
  if (formatters.size >= REMEMBERED) formatters.clear();
  const made = make();
  formatters.set(key, made);
  return made;
}

/** A decimal string keeps what a double would lose (ECMA-402, Intl mathematical values). */
function numeric(nano: Nano): Intl.StringNumericLiteral {
  return toDecimal(nano) as Intl.StringNumericLiteral;
}

/** Of a million dollars the nearest double is less than half a nano off. */
const EXACT_IN_DOUBLE = 2n ** 50n;

/** As `numeric` where every decimal is written: then a double says the same, and is made in no time. */
function numericInFull(nano: Nano): number | Intl.StringNumericLiteral {
  return -EXACT_IN_DOUBLE < nano && nano < EXACT_IN_DOUBLE ? toJsonNumber(nano) : numeric(nano);
}

function decimalsOf(step: Nano): number {
  let decimals = 0;
  for (let unit = NANO_PER_UNIT; unit > step && decimals < 9; unit /= 10n) decimals += 1;
  return decimals;
}

function ago(tag: string, seconds: number): string {
  const format = remembered(
    `r${tag}`,
    () => new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'narrow' }),
  );
  if (seconds < 60) return format.format(-Math.max(0, Math.round(seconds)), 'second');
  if (seconds < 3_600) return format.format(-Math.round(seconds / 60), 'minute');
  if (seconds < 86_400) return format.format(-Math.round(seconds / 3_600), 'hour');
  return format.format(-Math.round(seconds / 86_400), 'day');
}
