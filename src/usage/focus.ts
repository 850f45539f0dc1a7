import { bucketStart, nextBucket } from '../buckets.ts';
import type { UsageSlotRow } from '../history/answer.ts';
import type { CsvCell, ExactNumber } from '../http/csv.ts';
import { type Nano, toDecimal } from '../money.ts';

/**
 * Columns of the dataset "Cost and Usage" of FOCUS 1.4, the FinOps Open Cost and Usage Specification
 * (https://focus.finops.org/focus-specification/), and three of our own, which begin with `x_`. What
 * each is made of stands in docs/focus.md.
 */
export const FOCUS_COLUMNS = [
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedCost',
  'EffectiveCost',
  'HostProviderName',
  'InvoiceIssuerName',
  'ListCost',
  'ListUnitPrice',
  'PricingQuantity',
  'PricingUnit',
  'RegionId',
  'ResourceId',
  'ServiceCategory',
  'ServiceName',
  'ServiceProviderName',
  'ServiceSubcategory',
  'SkuId',
  'SkuPriceId',
  'SubAccountId',
  'SubAccountName',
  'Tags',
  'x_DiscountPercent',
  'x_State',
] as const;

type FocusColumn = (typeof FOCUS_COLUMNS)[number];

const PROVIDER = 'fal';

/**
 * Makes rows of the local copy to FOCUS charges, in the order of the columns. Rows come in order of
 * time, and a million of them have a few thousand hours: each hour is written once.
 */
export function focusCharges(): (row: UsageSlotRow) => CsvCell[] {
  let times: { startMs: number; endMs: number; written: FocusTimes } | undefined;
  return function focusCells(row) {
    const startMs = row.start.epochMilliseconds;
    const endMs = row.end.epochMilliseconds;
    if (times?.startMs !== startMs || times.endMs !== endMs) {
      times = { startMs, endMs, written: focusTimes(row) };
    }
    const charge = focusCharge(row, times.written);
    return FOCUS_COLUMNS.map((column) => charge[column]);
  };
}

type FocusTimes = Record<
  'BillingPeriodStart' | 'BillingPeriodEnd' | 'ChargePeriodStart' | 'ChargePeriodEnd',
  string
>;

function focusTimes({ start, end }: UsageSlotRow): FocusTimes {
  const month = bucketStart(start, 'month', 'UTC');
  return {
    BillingPeriodStart: utc(month.toInstant()),
    BillingPeriodEnd: utc(nextBucket(month, 'month').toInstant()),
    ChargePeriodStart: utc(start),
    ChargePeriodEnd: utc(end),
  };
}

function focusCharge(row: UsageSlotRow, times: FocusTimes): Record<FocusColumn, CsvCell> {
  const { unit, unitPrice, quantity, endpointId } = row;
  const cost = exact(row.cost);
  const unitName = unit === null ? null : focusUnit(unit);
  // FOCUS knows a price only together with its unit.
  const price = unitName !== null && unitPrice !== null ? { unitName, unitPrice } : null;
  return {
    ...times,
    BilledCost: cost,
    BillingAccountId: row.accountSlug,
    BillingAccountName: row.accountName,
    BillingCurrency: row.currency,
    ChargeCategory: 'Usage',
    // Only a correction of an invoiced period has a class, and fal changes rows in place.
    ChargeClass: null,
    ChargeDescription: unitName === null ? endpointId : `${endpointId}, ${unitName}`,
    ChargeFrequency: 'Usage-Based',
    ConsumedQuantity: unitName === null ? null : exact(quantity),
    ConsumedUnit: unitName,
    ContractedCost: cost,
    EffectiveCost: cost,
    HostProviderName: PROVIDER,
    InvoiceIssuerName: PROVIDER,
    ListCost: price ? exactProduct(price.unitPrice, quantity) : cost,
    ListUnitPrice: price && exact(price.unitPrice),
    PricingQuantity: price && exact(quantity),
    PricingUnit: price?.unitName ?? null,
    RegionId: null,
    ResourceId: null,
    ServiceCategory: 'AI and Machine Learning',
    ServiceName: 'fal Model APIs',
    ServiceProviderName: PROVIDER,
    ServiceSubcategory: 'Generative AI',
    SkuId: endpointId,
    SkuPriceId: price && `${endpointId}:${unit}`,
    SubAccountId: row.accountSlug,
    SubAccountName: row.accountName,
    Tags: tags(row),
    x_DiscountPercent: row.percentDiscount === null ? null : plainNumber(row.percentDiscount),
    x_State: row.state,
  };
}

/**
 * fal's name of a unit as FOCUS writes units: capitalized, in the plural, a quantity before it and
 * hyphens within it (`1000 Characters`, `Compute-Seconds`).
 */
export function focusUnit(unit: string): string {
  const [, digits = '', scale = '', name = ''] =
    unit.trim().match(/^(?:(\d+)\s*([km]?)\b)?\s*(.*)$/i) ?? [];
  const words = name.split(/[\s_-]+/).filter(Boolean);
  const last = words.pop();
  const zeros = { k: '000', m: '000000' }[scale.toLowerCase()] ?? '';
  const base = [...words, last === undefined ? 'units' : plural(last)].map(capitalized).join('-');
  return digits === '' || digits + zeros === '1' ? base : `${digits}${zeros} ${base}`;
}

function plural(word: string): string {
  if (/s$/i.test(word)) return word;
  return /(?:ch|sh|x)$/i.test(word) ? `${word}es` : `${word}s`;
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** What FOCUS calls provider-defined tags have a prefix of the provider. */
function tags({ apiKeyId, authDetail, username }: UsageSlotRow): string | null {
  const known = Object.entries({
    'fal/api_key_id': apiKeyId,
    'fal/auth_method': authDetail,
    'fal/username': username,
  }).filter(([, value]) => value !== null);
  return known.length > 0 ? JSON.stringify(Object.fromEntries(known)) : null;
}

function utc(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'second' });
}

function exact(nano: Nano): ExactNumber {
  return { digits: toDecimal(nano) };
}

/** The product of two numbers with nine decimals, with all of its eighteen. */
function exactProduct(one: Nano, other: Nano): ExactNumber {
  const product = one * other;
  const digits = (product < 0n ? -product : product).toString().padStart(19, '0');
  const fraction = digits.slice(-18).replace(/0+$/, '');
  return {
    digits: `${product < 0n ? '-' : ''}${digits.slice(0, -18)}${fraction && `.${fraction}`}`,
  };
}

/** FOCUS takes no exponents. */
function plainNumber(value: number): ExactNumber {
  return { digits: value.toFixed(9).replace(/\.?0+$/, '') };
}
