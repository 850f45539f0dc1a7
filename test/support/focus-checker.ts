/**
 * Checks rows against FOCUS 1.4, dataset Cost and Usage: written from the specification's tables
 * (https://focus.finops.org/focus-specification/), and not from what writes the file.
 */

type Level = 'mandatory' | 'conditional' | 'recommended';
type Type = 'string' | 'decimal' | 'date-time' | 'json';

interface ColumnRule {
  level: Level;
  type: Type;
  nullable: boolean;
  allowed?: readonly string[];
  /** What the value must look like. */
  format?: RegExp;
}

const CURRENCY = /^[A-Z]{3}$/;
/** Unit Format: a quantity, capitalized units, hyphens between and a slash before the time. */
const UNIT = /^(?:\d+ )?[A-Z][\w]*(?:-[A-Z][\w]*)*(?:\/(?:\d+ )?[A-Z]\w*)?$/;

const name: Pick<ColumnRule, 'type' | 'nullable'> = { type: 'string', nullable: false };
const cost: ColumnRule = { level: 'mandatory', type: 'decimal', nullable: false };
const time: ColumnRule = { level: 'mandatory', type: 'date-time', nullable: false };

const COLUMNS: Record<string, ColumnRule> = {
  BilledCost: cost,
  BillingAccountId: { ...name, level: 'mandatory' },
  BillingAccountName: { level: 'mandatory', type: 'string', nullable: true },
  BillingCurrency: { ...name, level: 'mandatory', format: CURRENCY },
  BillingPeriodEnd: time,
  BillingPeriodStart: time,
  ChargeCategory: {
    ...name,
    level: 'mandatory',
    allowed: ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'],
  },
  ChargeClass: { level: 'mandatory', type: 'string', nullable: true, allowed: ['Correction'] },
  ChargeDescription: { level: 'mandatory', type: 'string', nullable: true },
  ChargeFrequency: {
    ...name,
    level: 'recommended',
    allowed: ['One-Time', 'Recurring', 'Usage-Based'],
  },
  ChargePeriodEnd: time,
  ChargePeriodStart: time,
  ConsumedQuantity: { level: 'conditional', type: 'decimal', nullable: true },
  ConsumedUnit: { level: 'conditional', type: 'string', nullable: true, format: UNIT },
  ContractedCost: cost,
  EffectiveCost: cost,
  HostProviderName: { ...name, level: 'mandatory' },
  InvoiceIssuerName: { ...name, level: 'mandatory' },
  ListCost: cost,
  ListUnitPrice: { level: 'conditional', type: 'decimal', nullable: true, format: /^[^-]/ },
  PricingQuantity: { level: 'mandatory', type: 'decimal', nullable: true },
  PricingUnit: { level: 'mandatory', type: 'string', nullable: true, format: UNIT },
  RegionId: { level: 'conditional', type: 'string', nullable: true },
  ResourceId: { level: 'conditional', type: 'string', nullable: true },
  ServiceCategory: {
    ...name,
    level: 'mandatory',
    allowed: [
      'AI and Machine Learning',
      'Analytics',
      'Business Applications',
      'Compute',
      'Databases',
      'Developer Tools',
      'Identity',
      'Integration',
      'Internet of Things',
      'Management and Governance',
      'Media',
      'Migration',
      'Mobile',
      'Multicloud',
      'Networking',
      'Security',
      'Storage',
      'Web',
      'Other',
    ],
  },
  ServiceName: { ...name, level: 'mandatory' },
  ServiceProviderName: { ...name, level: 'mandatory' },
  ServiceSubcategory: {
    ...name,
    level: 'recommended',
    // Those of AI and Machine Learning, the only category that fal has.
    allowed: [
      'AI Platforms',
      'Bots',
      'Generative AI',
      'Machine Learning',
      'Natural Language Processing',
      'Other (AI and Machine Learning)',
    ],
  },
  SkuId: { level: 'conditional', type: 'string', nullable: true },
  SkuPriceId: { level: 'conditional', type: 'string', nullable: true },
  SubAccountId: { level: 'conditional', type: 'string', nullable: true },
  SubAccountName: { level: 'conditional', type: 'string', nullable: true },
  Tags: { level: 'conditional', type: 'json', nullable: true },
};

const FORMATS: Record<Exclude<Type, 'json'>, RegExp> = {
  // String Handling: not empty, not only spaces.
  string: /\S/,
  // Numeric Format: no sign for positive numbers, no exponents, no separators.
  decimal: /^-?\d+(?:\.\d+)?$/,
  // Date/Time Format: UTC, to the second, ending in Z.
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
};

/** Null Handling: an empty field is null, and these are no way to say so. */
const PLACEHOLDERS = /^(?:null|none|n\/a|-)$/i;

/** What is wrong with a header; empty when nothing is. */
export function focusHeaderFaults(header: readonly string[]): string[] {
  const missing = Object.entries(COLUMNS)
    .filter(([column, { level }]) => level === 'mandatory' && !header.includes(column))
    .map(([column]) => `${column} is mandatory`);
  const custom = header.filter((column) => !(column in COLUMNS));
  const unnamed = custom.filter((column) => !/^x_[A-Z][A-Za-z0-9]{0,47}$/.test(column));
  const firstCustom = header.findIndex((column) => column.startsWith('x_'));
  const late = firstCustom < 0 ? [] : header.slice(firstCustom).filter((one) => one in COLUMNS);
  return [
    ...missing,
    ...unnamed.map((column) => `${column} is no column of FOCUS and has no x_`),
    ...late.map((column) => `${column} stands behind custom columns`),
    ...(new Set(header).size < header.length ? ['a column stands there twice'] : []),
  ];
}

/** What is wrong with a row, whose fields are texts as a CSV has them; empty when nothing is. */
export function focusRowFaults(row: Readonly<Record<string, string>>): string[] {
  const value = (column: string) => row[column] || null;
  const faults: string[] = [];
  for (const [column, rule] of Object.entries(COLUMNS)) {
    if (!(column in row)) continue;
    const text = value(column);
    if (text === null) {
      if (!rule.nullable) faults.push(`${column} must not be null`);
      continue;
    }
    if (PLACEHOLDERS.test(text)) faults.push(`${column} has a placeholder: ${text}`);
    if (rule.type === 'json' ? !isKeyValues(text) : !FORMATS[rule.type].test(text)) {
      faults.push(`${column} is no ${rule.type}: ${text}`);
    }
    if (rule.allowed && !rule.allowed.includes(text)) faults.push(`${column} can't be ${text}`);
    if (rule.format && !rule.format.test(text)) faults.push(`${column} is badly written: ${text}`);
  }
  const need = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault);
  };
  const isNull = (column: string) => value(column) === null;
  need(isNull('ConsumedUnit') === isNull('ConsumedQuantity'), 'consumed quantity without unit');
  for (const column of ['PricingQuantity', 'PricingUnit', 'ListUnitPrice']) {
    need(
      isNull(column) === isNull('SkuPriceId'),
      `${column} is null when SkuPriceId is, and only then`,
    );
  }
  need(isNull('SkuPriceId') || !isNull('SkuId'), 'SkuPriceId without SkuId');
  need(
    isNull('ListUnitPrice') ||
      value('ListCost') === product(row.ListUnitPrice, row.PricingQuantity),
    'ListCost is not ListUnitPrice x PricingQuantity',
  );
  need(!isNull('ListUnitPrice') || value('ListCost') === value('BilledCost'), 'ListCost unpriced');
  need(value('EffectiveCost') === value('BilledCost'), 'EffectiveCost of what nothing covers');
  need(
    row.ChargeFrequency !== 'Usage-Based' || row.ChargeCategory !== 'Purchase',
    'a purchase is not usage-based',
  );
  for (const period of ['Billing', 'Charge']) {
    need(
      String(row[`${period}PeriodStart`]) < String(row[`${period}PeriodEnd`]),
      `${period} period ends before it starts`,
    );
  }
  need(
    String(row.BillingPeriodStart) <= String(row.ChargePeriodStart) &&
      String(row.ChargePeriodStart) < String(row.BillingPeriodEnd),
    'charged outside its billing period',
  );
  return faults;
}

/** Key-Value Format: an object with unique keys and values that are no objects. */
function isKeyValues(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text);
    return (
      typeof json === 'object' &&
      json !== null &&
      !Array.isArray(json) &&
      Object.values(json).every((one) => one === null || typeof one !== 'object')
    );
  } catch {
    return false;
  }
}

/** Of two decimals, digit by digit as at school. */
function product(one = '0', other = '0'): string {
  const [a, b] = [one, other].map((text) => {
    const [whole = '', fraction = ''] = text.split('.');
    return { digits: BigInt(whole + fraction), places: fraction.length };
  }) as [{ digits: bigint; places: number }, { digits: bigint; places: number }];
  const digits = a.digits * b.digits;
  const places = a.places + b.places;
  const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0');
  const fraction = text.slice(text.length - places).replace(/0+$/, '');
  const whole = text.slice(0, text.length - places);
  return `${digits < 0n ? '-' : ''}${whole}${places > 0 && fraction ? `.${fraction}` : ''}`;
}
